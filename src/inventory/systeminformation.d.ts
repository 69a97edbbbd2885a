/** A part of systeminformation by itself: the whole of it would be a tenth of every process of the agent. */
declare module 'systeminformation/lib/memory.js' {
  export { memLayout } from 'systeminformation';
}
