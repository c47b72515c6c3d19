-- What probes measured at each site between two moments: parameters `first` and `last` (timestamps).
SELECT
    site_id,
    count(DISTINCT date_trunc('day', time)) AS days,
    count(*) AS measurements,
    max(time) AS last_seen,
    avg(CASE WHEN online THEN 1.0 ELSE 0.0 END) AS availability,
    median(down_mbps) AS down_mbps,
    median(up_mbps) AS up_mbps,
    median(latency_ms) AS latency_ms,
    -- Threads add in any order; what they may differ by is rounded away.
    round(favg(loss), 9) AS loss
FROM (SELECT DISTINCT site_id, probe_id, time, online, down_mbps, up_mbps, latency_ms, loss FROM measurements)
WHERE time > $first AND time <= $last
GROUP BY site_id
ORDER BY site_id
