// Everything a web page can make a browser send to another server. Each script runs in a page where `target` is the
// server's origin, and is done when the browser has finished with it.

const order = JSON.stringify({
  orders: [{ conid: 265598, orderType: 'MKT', side: 'BUY', tif: 'DAY', quantity: 1 }],
});

const element = (make: string): string => `new Promise((done) => {
  const element = ${make};
  element.onload = element.onerror = done;
  document.head.append(element);
})`;

const form = (attributes: string): string => `(() => {
  const form = Object.assign(document.createElement('form'), { method: 'post', ${attributes} });
  form.append(Object.assign(document.createElement('input'), { name: ${JSON.stringify(order)}, value: '' }));
  document.body.append(form);
  form.submit();
})()`;

const orders = "target + '/v1/api/iserver/account/DU1234567/orders'";

/** By the page's script: with CORS, a page that the server's owner has named may do these. */
export const scripted: Readonly<Record<string, string>> = {
  'fetch GET': "fetch(target + '/v1/api/iserver/accounts', { credentials: 'include' })",
  'fetch POST of JSON': `fetch(${orders}, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(order)} })`,
  'fetch DELETE': `fetch(target + '/v1/api/iserver/account/DU1234567/order/1', { method: 'DELETE' })`,
  'fetch of a friendly route': "fetch(target + '/accounts')",
};

/** Where a page needs no leave of the server's: it cannot read the answer, but may try to act. */
export const blind: Readonly<Record<string, string>> = {
  'fetch POST of a text': `fetch(${orders}, { method: 'POST', body: ${JSON.stringify(order)} })`,
  'fetch GET without CORS': "fetch(target + '/v1/api/iserver/accounts', { mode: 'no-cors' })",
  'fetch POST without CORS': `fetch(${orders}, {
    method: 'POST', mode: 'no-cors', credentials: 'include', body: ${JSON.stringify(order)} })`,
  'fetch of a login page': "fetch(target + '/sso/Login', { mode: 'no-cors' })",
  beacon: `navigator.sendBeacon(${orders}, ${JSON.stringify(order)})`,
  image: element("Object.assign(new Image(), { src: target + '/v1/api/logout' })"),
  script: element(
    "Object.assign(document.createElement('script'), { src: target + '/v1/api/iserver/accounts' })",
  ),
  stylesheet: element(
    "Object.assign(document.createElement('link'), { rel: 'stylesheet', href: target + '/sso/Login' })",
  ),
  frame: element("Object.assign(document.createElement('iframe'), { src: target + '/sso/Login' })"),
  'event stream': `new Promise((done) => {
    new EventSource(target + '/v1/api/iserver/accounts').onerror = done;
  })`,
  WebSocket: `new Promise((done, fail) => {
    const socket = new WebSocket(target.replace('http', 'ws') + '/v1/api/ws');
    socket.onopen = () => fail(new Error('the WebSocket is open'));
    socket.onclose = done;
  })`,
};

/** Those that leave the page for the answer. */
export const leaving: Readonly<Record<string, string>> = {
  'form POST': form(`action: ${orders}, enctype: 'text/plain'`),
  'form POST to a login page': form("action: target + '/sso/Dispatcher'"),
  'link to the API': "location.assign(target + '/v1/api/logout')",
  'link to the logout': "location.assign(target + '/sso/Logout')",
};
