import type { Placement } from "../../settings/placement.ts";
import type { Affinity, Constraint, NomadJob, Spread } from "./nomad.ts";

type Placed = Pick<
  NomadJob,
  "Namespace" | "NodePool" | "Priority" | "Constraints" | "Affinities" | "Spreads"
>;

/** The namespace, and of the others only what is given: the rest is for Nomad's servers to say. */
export function renderPlacement({
  namespace,
  nodePool,
  priority,
  constraints,
  affinities,
  spreads,
}: Placement): Placed {
  return {
    Namespace: namespace,
    ...(nodePool === undefined ? {} : { NodePool: nodePool }),
    ...(priority === undefined ? {} : { Priority: priority }),
    ...(constraints.length === 0 ? {} : { Constraints: constraints.map(renderConstraint) }),
    ...(affinities.length === 0 ? {} : { Affinities: affinities.map(renderAffinity) }),
    ...(spreads.length === 0 ? {} : { Spreads: spreads.map(renderSpread) }),
  };
}

function renderConstraint(constraint: Placement["constraints"][number]): Constraint {
  const Operand = constraint.operator;
  switch (constraint.operator) {
    case "distinct_hosts":
      return { Operand };
    case "distinct_property":
      return { LTarget: constraint.attribute, Operand, RTarget: String(constraint.atMost) };
    case "is_set":
    case "is_not_set":
      return { LTarget: constraint.attribute, Operand };
    case "=":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "regexp":
    case "version":
    case "semver":
    case "set_contains":
    case "set_contains_all":
    case "set_contains_any":
      return { LTarget: constraint.attribute, Operand, RTarget: constraint.value };
  }
}

function renderAffinity({ attribute, operator, value, weight }: Placement["affinities"][number]): Affinity {
  return { LTarget: attribute, Operand: operator, RTarget: value, Weight: weight };
}

function renderSpread({ attribute, weight, targets }: Placement["spreads"][number]): Spread {
  return {
    Attribute: attribute,
    Weight: weight,
    SpreadTarget: targets.map(({ value, percent }) => ({ Value: value, Percent: percent })),
  };
}
