-- Of the sites of one state and kind in a cell of the grid one stands for all, and tells how many they are.
-- The cells of a zoom lie whole in those of the zoom before, so that a site that is shown stays when one comes nearer.
WITH chosen AS (
    SELECT arg_min(place, rank) AS place, count(*) AS count
    FROM sites
    WHERE $cells > 0
    GROUP BY floor(px * $tiles * $cells), floor(py * $tiles * $cells), state, kind
    UNION ALL
    SELECT place, 1 FROM sites WHERE $cells = 0
),
drawn AS (
    SELECT
        floor(px * $tiles)::INTEGER AS x,
        floor(py * $tiles)::INTEGER AS y,
        id,
        {
            'geom': ST_Point(
                round((px * $tiles - floor(px * $tiles)) * 4096), round((py * $tiles - floor(py * $tiles)) * 4096)
            ),
            'id': id,
            'key': CASE WHEN count = 1 AND $named THEN key END,
            'name': CASE WHEN count = 1 AND $named THEN name END,
            'kind': kind,
            'state': state,
            'technology': technology,
            'quintile': quintile,
            'count': count
        } AS feature
    FROM chosen JOIN sites USING (place)
)
SELECT $zoom AS zoom, x, y, ST_AsMVT(feature, 'sites', 4096, 'geom' ORDER BY id) AS layer
FROM drawn
GROUP BY x, y
ORDER BY x, y
