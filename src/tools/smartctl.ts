import type { ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'smartctl', package: 'smartmontools', optional: true };

/** What of SMART matters to somebody who wonders whether an erase can be trusted. null where the disk does not say. */
export interface SmartSummary {
  readonly passed: boolean | null;
  readonly powerOnHours: number | null;
  readonly reallocatedSectors: number | null;
  readonly pendingSectors: number | null;
  readonly uncorrectableErrors: number | null;
  /** NVMe: wear, 0 to 255. */
  readonly percentageUsed: number | null;
  readonly temperatureCelsius: number | null;
}
