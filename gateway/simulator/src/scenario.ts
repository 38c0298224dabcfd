// A scenario says how the story starts. `brokerage` belongs to the brokerage world, which checks it when it is made
// and throws an Error naming the field that is wrong.
export interface Scenario {
  name: string;
  description: string;
  brokerage: Record<string, unknown>;
}
