-- Views of nary_request_costs, for PostgreSQL and Redshift alike.

-- What each route costs, by day and team: the first place to look for what a database is busy with.
CREATE VIEW nary_route_costs AS
SELECT
  CAST(at AS date) AS day,
  team,
  area,
  route,
  SUM(weight) AS requests,
  SUM(weight * queries) AS queries,
  SUM(weight * items) AS items,
  SUM(weight * query_ms) AS query_ms,
  SUM(weight * queries) / SUM(weight) AS queries_per_request,
  SUM(weight * items) / SUM(weight) AS items_per_request,
  MAX(queries) AS most_queries,
  MAX(items) AS most_items,
  MAX(longest_ms) AS longest_ms,
  SUM(CASE WHEN failed THEN weight ELSE 0 END) AS failed
FROM nary_request_costs
GROUP BY CAST(at AS date), team, area, route;

-- The requests that made the most queries: one row a route, its worst request first.
CREATE VIEW nary_fan_outs AS
SELECT team, area, route, release, at, instance, queries, items, query_ms, tables
FROM (
  SELECT
    team, area, route, release, at, instance, queries, items, query_ms, tables,
    ROW_NUMBER() OVER (PARTITION BY route ORDER BY queries DESC, at) AS place
  FROM nary_request_costs
) AS ranked
WHERE place = 1 AND queries > 0;

-- Each release beside the one before it on the same route: `WHERE queries_ratio > 1.5 ORDER BY at DESC` finds regressions.
CREATE VIEW nary_release_costs AS
SELECT
  at,
  team,
  route,
  release,
  requests,
  queries_per_request,
  items_per_request,
  query_ms_per_request,
  LAG(release) OVER (PARTITION BY team, route ORDER BY at) AS release_before,
  queries_per_request
    / NULLIF(LAG(queries_per_request) OVER (PARTITION BY team, route ORDER BY at), 0) AS queries_ratio,
  items_per_request
    / NULLIF(LAG(items_per_request) OVER (PARTITION BY team, route ORDER BY at), 0) AS items_ratio,
  query_ms_per_request
    / NULLIF(LAG(query_ms_per_request) OVER (PARTITION BY team, route ORDER BY at), 0) AS query_ms_ratio
FROM (
  SELECT
    MIN(at) AS at,
    team,
    route,
    release,
    SUM(weight) AS requests,
    SUM(weight * queries) / SUM(weight) AS queries_per_request,
    SUM(weight * items) / SUM(weight) AS items_per_request,
    SUM(weight * query_ms) / SUM(weight) AS query_ms_per_request
  FROM nary_request_costs
  GROUP BY team, route, release
) AS by_release;
