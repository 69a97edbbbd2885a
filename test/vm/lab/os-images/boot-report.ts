/** What an operating system of the lab says of itself: `LAB-OS-BOOT-OK os=tiny fw=uefi root=/dev/vda3 ...`. */
export interface BootReport {
  readonly os: string;
  readonly firmware: string;
  readonly rootDevice: string;
  /** How often it was booted from this disk. */
  readonly boots: number;
  /** The boot entry that UEFI took; spaces of its label are underscores. */
  readonly bootEntry: { readonly number: string; readonly label: string } | null;
  readonly configDrive: {
    readonly device: string;
    readonly files: number;
    readonly uuid: string;
    readonly name: string;
    readonly hostname: string;
  } | null;
}

/** With its end: on a serial line the rest comes later. */
export const bootReportLine = /LAB-OS-BOOT-OK (.*)\n/;

export function parseBootReport(line: string): BootReport {
  const text = bootReportLine.exec(line)?.[1];
  if (text === undefined) throw new Error(`no report of a boot: ${line}`);
  const fields = new Map(
    text.split(' ').map((field): [string, string] => {
      const sign = field.indexOf('=');
      return [field.slice(0, sign), field.slice(sign + 1)];
    }),
  );
  const field = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined) throw new Error(`the report of a boot has no ${name}: ${text}`);
    return value;
  };
  const [number = '', label = ''] = field('entry').split(':');
  const [, device = '', files = ''] = /^(.*):(\d+)files$/.exec(field('configdrive')) ?? [];
  return {
    os: field('os'),
    firmware: field('fw'),
    rootDevice: field('root'),
    boots: Number(field('boots')),
    bootEntry: number === 'none' ? null : { number, label },
    configDrive:
      device === ''
        ? null
        : { device, files: Number(files), uuid: field('uuid'), name: field('name'), hostname: field('hostname') },
  };
}
