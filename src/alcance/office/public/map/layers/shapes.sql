-- Outlines and lines, cut at the edges of the tiles and no finer than half a pixel of the screen, from afar a pixel.
WITH sized AS (
    SELECT zoom, pow(2, zoom)::BIGINT AS tiles, 40075016.68557849 / pow(2, zoom) AS side
    FROM range($first::INTEGER, $last::INTEGER + 1) AS zooms (zoom)
),
simple AS (
    SELECT zoom, tiles, side, number, ST_SimplifyPreserveTopology(geometry, side / CASE WHEN zoom < 6 THEN 420 ELSE 1024 END) AS geometry
    FROM sized, shapes
    WHERE zoom >= first_zoom AND (NOT $whole OR extent_m > side / 512)
),
placed AS (
    SELECT
        *,
        floor((ST_XMin(geometry) + 20037508.342789244) / side)::INTEGER AS west,
        floor((ST_XMax(geometry) + 20037508.342789244) / side)::INTEGER AS east,
        floor((20037508.342789244 - ST_YMax(geometry)) / side)::INTEGER AS north,
        floor((20037508.342789244 - ST_YMin(geometry)) / side)::INTEGER AS south
    FROM simple
    WHERE geometry IS NOT NULL AND NOT ST_IsEmpty(geometry)
),
across AS (
    SELECT *, unnest(range(greatest(west, 0), least(east, tiles - 1)::INTEGER + 1))::INTEGER AS x FROM placed
),
cells AS (
    SELECT *, unnest(range(greatest(north, 0), least(south, tiles - 1)::INTEGER + 1))::INTEGER AS y FROM across
),
cut AS (
    SELECT
        zoom, x, y, number,
        ST_AsMVTGeom(geometry, ST_Extent(ST_TileEnvelope(zoom::INTEGER, x, y)), 4096, 64, true) AS geom
    FROM cells
)
SELECT zoom, x, y, ST_AsMVT({'geom': geom, PROPERTIES}, $layer, 4096, 'geom' ORDER BY number) AS layer
FROM cut JOIN shapes USING (number)
WHERE geom IS NOT NULL AND NOT ST_IsEmpty(geom)
GROUP BY zoom, x, y
ORDER BY zoom, x, y
