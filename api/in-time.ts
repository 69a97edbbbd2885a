const turnMilliseconds = 5;
const patienceTurns = 12;
/** For a machine that is under load. */
const longestMilliseconds = 1000;

/** Redis did not answer in time; what it was asked for may still happen. */
export class NoAnswerInTimeError extends Error {
  override readonly name = 'NoAnswerInTimeError';
}

/**
 * The answer of Redis, if it comes soon: a request must not hang on a Redis that is stopped or stuck, whose connection stays
 * open. It usually answers within a millisecond and has 60. Throws NoAnswerInTimeError after that.
 *
 * The time is counted in turns of our own event loop. Where everything is late, on a machine under load or while a large body is
 * being parsed, the turns are late as well: then Redis is late, too, rather than away, and has 1 s. A command that is refused costs
 * the node its deployment.
 */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const started = performance.now();
  let turns = 0;
  const timer = setInterval(() => {
    turns++;
    const elapsed = performance.now() - started;
    const isUnderLoad = elapsed > 3 * turns * turnMilliseconds;
    if (turns <= patienceTurns || (isUnderLoad && elapsed < longestMilliseconds)) return;
    late.reject(new NoAnswerInTimeError('redis does not answer'));
  }, turnMilliseconds);
  answer.catch(() => undefined); // it may fail long after we have left
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearInterval(timer);
  }
}
