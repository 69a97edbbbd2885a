import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { binaryMark, type CapturedProgram, type MachineCapture } from '../../../scripts/capture/raw-capture.ts';
import { redact } from '../../../scripts/capture/redact.ts';
import { readCapture } from '../../support/captured-machine.ts';

const machines = new URL('../../machines/', import.meta.url);

function program(argv: readonly string[], stdout: string): CapturedProgram {
  return { argv, exitCode: 0, stdout, stderr: '' };
}

function redacted(parts: Partial<MachineCapture>): string {
  return JSON.stringify(redact({ files: {}, links: {}, programs: [], ...parts }));
}

/** Every text of a capture, tables of the firmware among them. */
function texts({ files, links, programs }: MachineCapture): readonly string[] {
  const contents = Object.values(files).map((content) =>
    content.startsWith(binaryMark)
      ? Buffer.from(content.slice(binaryMark.length), 'base64').toString('latin1')
      : content,
  );
  const outputs = programs.flatMap(({ argv, stdout, stderr }) => [...argv, stdout, stderr]);
  return [...contents, ...Object.keys(files), ...Object.entries(links).flat(), ...outputs];
}

function matches(capture: MachineCapture, pattern: RegExp): ReadonlySet<string> {
  return new Set(texts(capture).flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? match[0])));
}

describe('redact', () => {
  it('replaces a MAC address by the same one wherever it stands, in every notation, and leaves the maker', () => {
    const text = redacted({
      files: {
        '/sys/class/net/eth0/address': '3c:fd:fe:a1:b2:c3\n',
        '/proc/cmdline': 'BOOTIF=01-3c-fd-fe-a1-b2-c3 ipa-api-url=http://198.51.100.7 quiet\n',
      },
      programs: [program(['udevadm'], 'ID_NET_NAME_MAC=enx3cfdfea1b2c3\n'), program(['ip'], 'ff:ff:ff:ff:ff:ff')],
    });
    assert.ok(text.includes('3c:fd:fe:00:00:01'));
    assert.ok(text.includes('"BOOTIF=01-3c-fd-fe-00-00-01 quiet\\n"'));
    assert.ok(text.includes('enx3cfdfe000001'));
    assert.ok(text.includes('ff:ff:ff:ff:ff:ff'));
  });

  it('replaces serial numbers by others of the same length, in names that hold them, too', () => {
    const hex = Buffer.from('S4EVNF0M8').toString('hex');
    const text = redacted({
      files: { '/sys/class/dmi/id/product_serial': 'ABC1234\n' },
      links: { '/dev/disk/by-id/ata-Model_WD-123456': '../../sda' },
      programs: [
        program(['lshw'], '{ "serial" : "WD-123456", "serial" : "0000:00:1d.0" }'),
        program(['dmidecode'], '\tSerial Number: ABC1234\n\tSerial Number: Not Specified\n'),
        program(['udevadm'], `ID_SERIAL_SHORT=S4EVNF0M8\nID_WWN=nvme.1b36-${hex}-00000001\n`),
      ],
    });
    assert.ok(!/ABC1234|WD-123456|S4EVNF0M8/.test(text));
    assert.ok(!text.includes(hex));
    assert.ok(text.includes('"/sys/class/dmi/id/product_serial":"XXXX001\\n"'));
    assert.ok(text.includes('Serial Number: XXXX001'));
    assert.ok(text.includes('Not Specified') && text.includes('0000:00:1d.0'));
    assert.match(text, /by-id\/ata-Model_X+\d{3}"/);
  });

  it('replaces UUIDs, but not the types of partitions', () => {
    const system = '8d1f3c5a-90ab-4cde-8f01-23456789abcd';
    const esp = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';
    const text = redacted({ programs: [program(['lshw'], `"uuid" : "${system}", ${esp}\nID_FS_UUID=ABCD-1234\n`)] });
    assert.ok(!/8d1f3c5a|ABCD-1234/i.test(text));
    assert.ok(text.includes(esp));
    assert.match(text, /\\"uuid\\" : \\"00000000-0000-4000-8000-0{11}\d\\"/);
    assert.match(text, /ID_FS_UUID=0000-000\d\\n/);
  });

  it('replaces the UUID in the raw tables of the firmware, and leaves them tables', () => {
    const table = Buffer.from('01190001000000000000'.slice(0, 16) + 'd1'.repeat(16) + '0000', 'hex');
    const strings = Buffer.from('ABC1234\0\0', 'latin1');
    const raw = Buffer.concat([table, strings]);
    const path = '/sys/firmware/dmi/tables/DMI';
    const { files } = redact({
      files: {
        '/sys/class/dmi/id/product_serial': 'ABC1234\n',
        [path]: binaryMark + raw.toString('base64'),
      },
      links: {},
      programs: [],
    });
    const bytes = Buffer.from((files[path] ?? '').slice(binaryMark.length), 'base64');
    assert.equal(bytes.length, raw.length);
    assert.ok(!bytes.includes(Buffer.from('d1d1', 'hex')) && !bytes.includes('ABC1234'));
    assert.deepEqual(bytes.subarray(0, 8), raw.subarray(0, 8));
  });

  it('replaces addresses by those for documentation, and the name of the host', () => {
    const text = redacted({
      files: { '/proc/sys/kernel/hostname': 'db-prod-7\n' },
      programs: [
        program(['ip', 'address'], '[{"local":"10.1.2.3"},{"local":"fd00::17"},{"local":"127.0.0.1"}]'),
        program(['lshw'], '"id" : "db-prod-7", "ip" : "10.1.2.3"'),
      ],
    });
    assert.ok(!/10\.1\.2\.3|fd00|db-prod/.test(text));
    assert.ok(text.includes('127.0.0.1') && text.includes('192.0.2.1') && text.includes('2001:db8::1'));
  });
});

describe('the captured machines', () => {
  const names = readdirSync(machines, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
  for (const name of names) {
    const capture = readCapture(name);
    const bad = (pattern: RegExp, isHarmless: RegExp): readonly string[] =>
      [...matches(capture, pattern)].filter((found) => !isHarmless.test(found));

    it(`show no MAC address (${name})`, () => {
      const mac = /(?<![0-9a-f:-])(?:01-)?((?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2})(?![0-9a-f:-])/gi;
      assert.deepEqual(bad(mac, /^(?:..[:-]){3}00[:-]00[:-]..$|^00(:00){5}$|^ff(:ff){5}$/i), []);
      assert.deepEqual(bad(/\b(?:enx|wlx)([0-9a-f]{12})\b/g, /^.{6}0000..$/), []);
    });

    it(`show no serial number (${name})`, () => {
      const told =
        /(?:Serial Number: |Asset Tag: |"serial" ?: ?"|^ID_SERIAL_SHORT=|^ID_SCSI_SERIAL=|^DM_SERIAL=|^SCSI_IDENT_SERIAL=)([^"\n]+)/gm;
      const none = /^Not Specified$|^$|^-$|^null$/;
      const pseudonym =
        /^X*\d{3}$|^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$|^[0-9a-f:]+\.[0-7]$|^3?[0-9a-f]{7}0{6}[0-9a-f]{3}$/i;
      assert.deepEqual(bad(told, new RegExp(`${none.source}|${pseudonym.source}`, 'i')), []);
      const files = Object.entries(capture.files).filter(([path]) => /(?:_serial|\/serial)$/.test(path));
      for (const [path, text] of files)
        assert.match(text.trim(), new RegExp(`${none.source}|${pseudonym.source}`, 'i'), path);
    });

    it(`show no UUID and no WWN (${name})`, () => {
      const uuid = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;
      assert.deepEqual(bad(uuid, /^0{8}-0000-4000-8000-0{9}[0-9a-f]{3}$/), []);
      assert.deepEqual(bad(/(?:0x|naa\.|wwn-0x)([56][0-9a-f]{15})\b/g, /^.{7}0{6}[0-9a-f]{3}$/), []);
    });

    it(`show no address (${name})`, () => {
      const ofNetwork = {
        ...capture,
        files: {},
        links: {},
        programs: capture.programs.filter(({ argv }) => /^ip/.test(argv[0] ?? '')),
      };
      const found = matches(ofNetwork, /(?<![\d.])\d+\.\d+\.\d+\.\d+(?![\d.])/g);
      assert.deepEqual(
        [...found].filter((ip) => !/^(?:192\.0\.2\.|127\.|255\.|0\.0\.0\.0)/.test(ip)),
        [],
      );
      assert.equal(capture.files['/proc/sys/kernel/hostname'], 'host\n');
    });
  }
});
