import assert from "node:assert/strict";
import parsers from "node-sql-parser";
import { boundedCache } from "../../../app/cost/bounded-cache.ts";
import { cachedTables, sqlParserTables } from "../../../app/cost/tables.ts";

describe("the tables of a text", () => {
  const texts: Record<"Postgresql" | "MariaDB", Record<string, string[]>> = {
    Postgresql: {
      "select * from students": ["students"],
      'select s.* from "Students" s join public.classes c on c.id = s.class_id where s.id = $1': [
        "Students",
        "public.classes",
      ],
      "insert into students (name) values ($1) returning id": ["students"],
      "delete from students where id = any($1)": ["students"],
      "select * from students where id = ?": ["students"],
      "with young as (select * from students), old as (select * from classes) select * from young, old": [
        "students",
        "classes",
      ],
      begin: [],
    },
    MariaDB: {
      "select * from `students` where id in (?)": ["students"],
      "insert into students set ?": ["students"],
      "insert into school.students (a, b) values ?": ["school.students"],
      "update students join classes on classes.id = students.class_id set a = ? where students.id = ?": [
        "students",
        "classes",
      ],
      "start transaction": [],
    },
  };
  for (const dialect of ["Postgresql", "MariaDB"] as const) {
    for (const [text, tables] of Object.entries(texts[dialect])) {
      it(`of ${dialect} are ${tables.join(" and ") || "none"}: ${text}`, () => {
        assert.deepEqual(sqlParserTables(new parsers.Parser(), dialect)(text), tables);
      });
    }
  }

  it("are none where the parser cannot read it, and it is asked once", () => {
    let asked = 0;
    const parser = new parsers.Parser();
    const tablesOf = cachedTables(
      sqlParserTables(
        {
          parse: (text, options) => {
            asked += 1;
            return parser.parse(text, options);
          },
        },
        "Postgresql",
      ),
    );
    for (let times = 0; times < 3; times++) {
      assert.deepEqual(tablesOf("gibberish ("), []);
      assert.deepEqual(tablesOf("select * from students, students s"), ["students"]);
    }
    assert.equal(asked, 2);
  });

  it("are not looked for in a very long one", () => {
    const tablesOf = cachedTables(() => ["students"]);
    assert.deepEqual(tablesOf(`insert into students values ${"(1),".repeat(5_000)}(1)`), []);
  });
});

describe("a bounded cache", () => {
  it("keeps what is asked for, and forgets the rest", () => {
    const cache = boundedCache<number>(10);
    cache.set("often", 1);
    for (let number = 0; number < 100; number++) {
      cache.set(`once ${number}`, number);
      if (number % 5 === 0) assert.equal(cache.get("often"), 1);
    }
    assert.equal(cache.get("once 99"), 99);
    assert.equal(cache.get("once 70"), undefined);
  });
});
