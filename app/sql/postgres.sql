-- What each request cost, as @nary/app/warehouse sends it. Times are of the service's clock, durations in milliseconds.
CREATE TABLE nary_request_costs (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  instance text NOT NULL,
  release text,
  role text,
  route text,
  area text,
  team text,
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
  tables jsonb NOT NULL
);

CREATE INDEX nary_request_costs_at ON nary_request_costs (at);
