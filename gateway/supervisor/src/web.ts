// Node's HTTP modules, fetched and not imported: an import of node:http reads all it exports, and with that loads the
// WebSocket client that is among it, which is 8 MB on a small machine for nothing (measured on Node 24.21). TLS is loaded by
// whoever needs it.
export const http = (): typeof import('node:http') => process.getBuiltinModule('node:http');
export const https = (): typeof import('node:https') => process.getBuiltinModule('node:https');
