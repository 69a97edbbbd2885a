import { apiKilledWithKnownToken } from './flows/api-killed-with-known-token.ts';
import { apiUrlMoves } from './flows/api-url-moves.ts';
import { busyConductor } from './flows/busy-conductor.ts';
import * as clockJumps from './flows/clock-jumps.ts';
import { twin } from './flows/twin.ts';
import * as versionMismatch from './flows/version-mismatch.ts';
import { newestIronic, oldestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';

const flows = [
  ...[busyConductor, apiUrlMoves, twin, apiKilledWithKnownToken],
  ...[...Object.values(clockJumps), ...Object.values(versionMismatch)],
];

for (const release of [oldestIronic, newestIronic]) playFlows(release, flows);
