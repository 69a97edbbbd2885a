/** What one call of a decoder did. */
export interface DecoderStep {
  readonly consumed: number;
  readonly produced: number;
}

/** Turns compressed bytes into content, synchronously: it lives on a thread of its own. */
export interface Decoder {
  /**
   * Reads from `input`, writes to `output`, and returns at will as long as one of them went on; only when `output` has room
   * left after all of `input` was taken is there nothing more to come out of it. Throws DataProblem.
   */
  decode(input: Uint8Array, output: Uint8Array): DecoderStep;
  /** All input was taken and all output given. Throws DataProblem when this cannot be the end. */
  end(): void;
}

/** What is wrong with the data, in words that continue "the gzip data", and the byte of it where that shows. */
export class DataProblem extends Error {
  readonly offset: number;

  constructor(problem: string, offset: number, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'DataProblem';
    this.offset = offset;
  }
}

/** The words that every decoder uses for the same thing. */
export const problems = {
  empty: 'is empty',
  otherData: 'does not begin as such data does',
  cut: 'ends too early',
  garbage: 'is followed by something that does not belong to it',
  damaged: (detail: string): string => `is damaged: ${detail}`,
  refused: (program: string, complaint: string): string =>
    `is refused by ${program}: ${complaint || 'it does not say why'}`,
} as const;
