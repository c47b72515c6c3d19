-- A site day by day between two moments.
SELECT
    CAST(date_trunc('day', time) AS DATE) AS day,
    count(*) AS measurements,
    avg(CASE WHEN online THEN 1.0 ELSE 0.0 END) AS availability,
    median(down_mbps) AS down_mbps,
    median(latency_ms) AS latency_ms
FROM (SELECT DISTINCT site_id, probe_id, time, online, down_mbps, latency_ms FROM measurements)
WHERE site_id = $site AND time > $first AND time <= $last
GROUP BY day
ORDER BY day
