// Settings of the programs beside this server. They share its environment, in an image or an .env file, and are no typing errors.

const names: ReadonlySet<string> = new Set([
  'BEZANT_GATEWAY_ZIP',
  'BEZANT_GATEWAY_ZIP_URL',
  'BEZANT_GATEWAY_SHA256',
  'BEZANT_GATEWAY_PORT',
  'BEZANT_GATEWAY_REMOTE_HOST',
  'BEZANT_GATEWAY_HEAP_MB',
  'BEZANT_GATEWAY_JAVA_OPTIONS',
  'BEZANT_JAVA',
  'BEZANT_SUPERVISOR_BIND',
]);

/** Of the demo and of the simulator: whole families, which their plans and flags name. */
const families = /^BEZANT_(DEMO|SIMULATOR_\w+|DEMO_\w+)$/;

export const isOfTheAppliance = (name: string): boolean => names.has(name) || families.test(name);
