import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CertificateStore } from '../core/kept-certificate.ts';
import { hasErrorCode } from '../errors/guards.ts';
import { writeForApi } from './root-only-file.ts';
import type { StateDir } from './state-dir.ts';

const idForm = /^[A-Za-z0-9_-]{1,128}$/;

/** Certificates in the state directory: two files each. */
export function certificateStore({ certificates }: Pick<StateDir, 'certificates'>): CertificateStore {
  return {
    save({ id, json, html }) {
      if (!idForm.test(id)) throw new TypeError(`no id of a certificate: ${id}`);
      // The JSON last: a certificate is there from the moment that both its files are.
      writeForApi(path.join(certificates, `${id}.html`), html);
      writeForApi(path.join(certificates, `${id}.json`), json);
    },
    ids() {
      const names = readdirSync(certificates).filter((name) => name.endsWith('.json'));
      return names
        .map((name) => name.slice(0, -'.json'.length))
        .filter((id) => idForm.test(id))
        .sort();
    },
    read(id, form) {
      if (!idForm.test(id)) return null;
      try {
        return readFileSync(path.join(certificates, `${id}.${form}`), 'utf8');
      } catch (error) {
        if (hasErrorCode(error, 'ENOENT')) return null;
        throw error;
      }
    },
  };
}
