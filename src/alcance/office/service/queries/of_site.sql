-- What probes measured at one site between two moments: parameters `site`, `first` and `last` (timestamps).
WITH here AS (
    SELECT * FROM measurements WHERE site_id = $site AND time > $first AND time <= $last
),
once AS (
    SELECT DISTINCT probe_id, time, online, down_mbps, up_mbps, latency_ms FROM here
)
SELECT
    count(DISTINCT date_trunc('day', time)) AS days,
    count(*) AS measurements,
    avg(CASE WHEN online THEN 1.0 ELSE 0.0 END) AS availability,
    median(down_mbps) AS down_mbps,
    median(up_mbps) AS up_mbps,
    median(latency_ms) AS latency_ms,
    (SELECT count(DISTINCT batch) FROM here) AS batches,
    (SELECT list(batch ORDER BY last DESC, batch)[1:20] FROM (SELECT batch, max(time) AS last FROM here GROUP BY batch))
        AS newest_batches
FROM once
HAVING count(*) > 0
