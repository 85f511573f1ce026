import { Operator, type OperatorOptions } from "../../src/operator/operator.ts";

/** Runs an operator for as long as a test looks at it. */
export async function withOperator(
  options: OperatorOptions,
  run: (operator: Operator) => Promise<void>,
): Promise<void> {
  const operator = new Operator(options);
  const controller = new AbortController();
  const running = operator.run(controller.signal);
  try {
    await run(operator);
  } finally {
    controller.abort();
    await running;
  }
}
