/** Whether both are maps of the same hardware managers in the same versions (`hardware_manager_version`), in any order. */
export function isSameVersions(one: object, other: object): boolean {
  const sorted = (map: object): string => JSON.stringify(Object.entries(map).sort());
  return sorted(one) === sorted(other);
}
