-- Six classes of eleven students; the last class has just begun and has no points yet.
create table students (id int primary key, name text not null);
create table classes (id int primary key, name text not null, student_ids int[] not null);
create table awards (
  id int generated always as identity primary key,
  class_id int not null references classes,
  points int not null
);
create index on awards (class_id);

insert into students select id, 'Student ' || id from generate_series(1, 66) as id;
insert into classes
  select id, 'Class ' || id, array(select generate_series(id * 11 - 10, id * 11)) from generate_series(1, 6) as id;
insert into awards (class_id, points) select id % 5 + 1, id % 3 + 1 from generate_series(1, 200) as id;
