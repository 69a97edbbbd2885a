import { createHash } from 'node:crypto';

/** The whole look of a page: no font, picture or script from anywhere. */
export const style = `
:root { color-scheme: light; --line: #c9ced6; --soft: #5a6472; --ink: #14181f; --good: #14693a; --warn: #8a5a00; --bad: #b3140f; }
* { box-sizing: border-box; }
body { margin: 0; background: #eef0f3; color: var(--ink); font: 15px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 54rem; margin: 1.5rem auto; padding: 2rem 2.25rem; background: #fff; border: 1px solid var(--line); }
h1 { margin: 0; font-size: 1.45rem; line-height: 1.25; }
h2 { margin: 1.6rem 0 .5rem; padding-bottom: .2rem; border-bottom: 2px solid var(--ink); font-size: 1.02rem; break-after: avoid; }
.sub { margin: .25rem 0 1.1rem; color: var(--soft); font-size: .87rem; }
.verdict { padding: 1rem 1.25rem; border: 3px solid; border-left-width: 14px; break-inside: avoid; }
.verdict strong { display: block; font-size: 1.75rem; line-height: 1.2; letter-spacing: .01em; }
.verdict p { margin: .35rem 0 0; color: var(--ink); }
.good { color: var(--good); border-color: var(--good); background: #eaf6ee; }
.warn { color: var(--warn); border-color: var(--warn); background: #fdf5e2; }
.bad { color: #fff; border-color: #6d0806; background: var(--bad); }
.verdict.bad p { color: #fff; }
.unsigned { margin: .7rem 0 0; padding: .6rem 1.25rem; border: 2px dashed var(--bad); color: var(--bad); break-inside: avoid; }
dl { display: grid; grid-template-columns: 12.5rem 1fr; margin: 0; }
dt, dd { margin: 0; padding: .24rem 0; border-bottom: 1px solid #e6e9ed; }
dt { padding-right: 1rem; color: var(--soft); }
dd.open { min-height: 1.9rem; border-bottom: 1px solid var(--ink); }
dl + table { margin-top: .7rem; }
th { overflow-wrap: normal; }
td:first-child { min-width: 9rem; max-width: 16rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .32rem .9rem .32rem 0; border-bottom: 1px solid #e6e9ed; text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 500; border-bottom-color: var(--line); }
tr { break-inside: avoid; }
.pass { color: var(--good); font-weight: 650; white-space: nowrap; }
.fail { color: var(--bad); font-weight: 750; white-space: nowrap; }
.half { color: var(--warn); font-weight: 650; }
code { font: .86em/1.4 ui-monospace, monospace; }
footer { margin-top: 1.6rem; color: var(--soft); font-size: .85rem; }
.stamp { display: none; }
@media (max-width: 40rem) {
  main { margin: 0; padding: 1.1rem 1rem; border: 0; }
  dl { grid-template-columns: 1fr; }
  dt { padding-bottom: 0; border-bottom: 0; font-size: .85rem; }
  dd { padding-top: 0; }
  .verdict strong { font-size: 1.35rem; }
  table, tbody, tr, td { display: block; }
  thead { display: none; }
  tr { padding: .4rem 0; border-bottom: 1px solid var(--line); }
  td, td:first-child { min-width: 0; max-width: none; padding: .1rem 0; border: 0; }
  td[data-name]::before { content: attr(data-name) ': '; color: var(--soft); font-weight: 400; }
}
@media print {
  @page { margin: 14mm; }
  body { background: #fff; font-size: 10.5pt; }
  main { max-width: none; margin: 0; padding: 0; border: 0; }
  .verdict, .unsigned { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .stamp { display: block; position: fixed; top: 40%; left: 0; right: 0; text-align: center; transform: rotate(-28deg);
    color: var(--bad); opacity: .13; font-size: 54pt; line-height: 1.1; font-weight: 800; }
}
`;

const styleHash = createHash('sha256').update(style, 'utf8').digest('base64');

/** What the page allows itself, and the api repeats in its header: this one style and nothing else. */
export const pageSecurityPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
