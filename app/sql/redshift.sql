-- What each request cost, as @nary/app/warehouse sends it. Times are of the service's clock, durations in milliseconds.
CREATE TABLE nary_request_costs (
  id char(36) NOT NULL,
  at timestamptz NOT NULL SORTKEY,
  instance char(36) NOT NULL,
  release varchar(256),
  role varchar(256),
  route varchar(256),
  area varchar(256),
  team varchar(256),
  status integer,
  failed boolean NOT NULL,
  -- How many requests this row stands for.
  weight double precision NOT NULL,
  request_ms double precision NOT NULL,
  queries bigint NOT NULL,
  items bigint NOT NULL,
  query_ms double precision NOT NULL,
  longest_ms double precision NOT NULL,
  -- By database and table: {"postgres":{"students":{"queries":12,"items":12,"durationMs":8,"longestMs":1}}}
  tables varchar(65535) NOT NULL
);
