import assert from 'node:assert/strict';
import { type BootReport, bootReportLine, parseBootReport } from './os-images/boot-report.ts';
import type { VmStage } from './vm-stage.ts';

/** What the operating system says when the machine has booted it from its disk. */
export async function osBoots({ machine }: VmStage, withinSeconds = 240): Promise<BootReport> {
  await machine.booted('instance', withinSeconds);
  const [line] = await machine.hardware.serial.waitFor(bootReportLine, withinSeconds);
  return parseBootReport(line);
}

/** A deployed node whose operating system did not run would be a lie. */
export async function assertOsRuns(stage: VmStage, expected: Partial<BootReport> = {}): Promise<void> {
  const report = await osBoots(stage);
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(report[name as keyof BootReport], value, `${name} of ${JSON.stringify(report)}`);
  }
}
