// Draws /openapi.json with Swagger UI. What only reads can be tried from here; what does more is shown with its class and
// is not offered, so that nobody trades by a click in a manual.

/** What `x-bezant-safety` says beyond `read`. */
const classes = {
  write: ['writes', 'It changes something at IBKR.'],
  order: ['orders', 'It places, changes, cancels or confirms orders, or decides how they are asked about.'],
  session: ['session', 'It acts on the session that all programs here share.'],
  destructive: [
    'destructive',
    'It acts on everything at once. The server refuses it unless BEZANT_ALLOW_DESTRUCTIVE is set.',
  ],
  'costs-money': [
    'costs money',
    'IBKR charges for each such call. The server refuses it unless BEZANT_ALLOW_DESTRUCTIVE is set.',
  ],
};

const element = (id) => document.getElementById(id);

/** In this variable alone. */
let key = null;

/** Without what the browser remembers, unless something before the server wants it. */
let credentials = 'omit';

const send = (url, request) => {
  const headers = { ...request?.headers, ...(key === null ? {} : { authorization: `Bearer ${key}` }) };
  return fetch(url, { ...request, headers, credentials });
};

async function load() {
  tell('Loading …');
  const answer = await send('/openapi.json').catch(() => null);
  if (answer?.ok === true) return draw(await answer.json());
  const problem = await answer?.json().catch(() => null);
  if (problem?.code === 'api_key_required') return askForKey();
  if (credentials === 'omit') {
    credentials = 'same-origin';
    return load();
  }
  tell(
    problem?.message === undefined
      ? 'The server does not answer. Reload this page to try again.'
      : `${problem.message} ${problem.hint ?? ''}`,
  );
}

function tell(text) {
  element('notice').textContent = text;
  element('notice').hidden = text === '';
}

function askForKey() {
  tell(key === null ? '' : 'The server does not know this key.');
  element('ask').hidden = false;
  element('key').focus();
}

element('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  key = element('key').value.trim();
  element('ask').hidden = true;
  element('ask').reset();
  void load();
});

function draw(api) {
  tell('');
  element('version').textContent = api.info.version;
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const { operationId, summary, tags } = operation;
      const text = `${method} ${path} ${operationId} ${summary} ${tags}`.toLowerCase();
      return { path, method, operation, tag: tags[0], text };
    }),
  );
  const byPlace = new Map(operations.map((entry) => [`${entry.method} ${entry.path}`, entry]));
  const operationAt = (path, method) => byPlace.get(`${method} ${path}`)?.operation;
  const find = (phrase) => {
    const words = phrase.toLowerCase().split(/\s+/);
    return operations.filter(({ text }) => words.every((word) => text.includes(word)));
  };

  const ui = SwaggerUIBundle({
    // The key has its own field here; the server is this one.
    spec: { ...api, security: [], components: { ...api.components, securitySchemes: tokenOf(api) } },
    domNode: element('reference'),
    deepLinking: true,
    displayOperationId: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: -1,
    validatorUrl: 'none',
    requestInterceptor: (request) =>
      Object.assign(request, {
        userFetch: send,
        curlOptions: key === null ? [] : ['-H "authorization: Bearer $BEZANT_API_KEY"'],
      }),
    plugins: [withSafety(operationAt), withSearch(find)],
  });

  const phrase = element('phrase');
  const search = () => {
    const found = find(phrase.value);
    ui.layoutActions.updateFilter(phrase.value);
    element('found').textContent = phrase.value === '' ? '' : `${found.length} found`;
    list(found);
  };
  /** The subjects and how much is in each; the library shows a subject as it does for the address of one. */
  const list = (entries) => {
    const links = api.tags.flatMap(({ name }) => {
      const count = entries.filter(({ tag }) => tag === name).length;
      return count === 0 ? [] : [subject(name, count, (hash) => ui.layoutActions.parseDeepLinkHash(hash))];
    });
    document.querySelector('nav').replaceChildren(...links);
  };
  phrase.disabled = false;
  phrase.addEventListener('input', search);
  phrase.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    document.querySelector('.opblock-summary-control')?.focus();
  });
  document.addEventListener('keydown', (event) => {
    const isWriting = event.target.matches('input, textarea, select, [contenteditable]');
    if (event.key !== '/' || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    phrase.select();
  });
  list(operations);
  // The library does this by itself only for a document that it has loaded itself.
  ui.layoutActions.parseDeepLinkHash(decodeURIComponent(location.hash));
}

/** The one scheme that is no API key. */
const tokenOf = (api) => {
  const { debugToken } = api.components.securitySchemes;
  return { debugToken };
};

function subject(name, count, show) {
  const link = document.createElement('a');
  link.href = `#/${encodeURIComponent(name)}`;
  link.addEventListener('click', (event) => {
    event.preventDefault();
    show(`#/${name}`);
  });
  const number = document.createElement('span');
  number.textContent = String(count);
  link.append(name, ' ', number);
  return link;
}

/** The class beside each path, the reason in the operation, and nothing to try but what reads and comes to an end. */
const withSafety = (operationAt) => () => {
  const isStream = (operation) =>
    Object.values(operation.responses).some(({ content }) => content?.['text/event-stream'] !== undefined);
  const reasonAgainst = (path, method) => {
    const operation = operationAt(path, method);
    const safety = operation?.['x-bezant-safety'] ?? 'unknown';
    if (safety !== 'read') {
      const [name, what] = classes[safety] ?? [safety, 'What it does is not known to this page.'];
      return { safety, name, text: `${what} It is not tried from this page; call it from a program.` };
    }
    return isStream(operation)
      ? { text: 'The answer has no end, so it is not tried from this page. Try it with curl -N.' }
      : null;
  };
  return {
    statePlugins: {
      spec: {
        wrapSelectors: {
          allowTryItOutFor: () => (_state, path, method) => reasonAgainst(path, method) === null,
        },
      },
    },
    wrapComponents: {
      OperationSummaryPath: (Path, { React }) =>
        function PathAndClass(props) {
          const { path, method } = props.operationProps.toObject();
          const { name, safety } = reasonAgainst(path, method) ?? {};
          return React.createElement(
            React.Fragment,
            null,
            React.createElement(Path, props),
            name && React.createElement('span', { className: `safety ${safety}` }, name),
          );
        },
      parameters: (Parameters, { React }) =>
        function ReasonAndParameters(props) {
          const reason = reasonAgainst(...props.pathMethod);
          return React.createElement(
            React.Fragment,
            null,
            reason && React.createElement('p', { className: `reason ${reason.safety ?? ''}` }, reason.text),
            React.createElement(Parameters, props),
          );
        },
      ServersContainer: () => () => null,
      FilterContainer: () => () => null,
    },
  };
};

const withSearch = (find) => () => ({
  fn: {
    opsFilter: (tagged, phrase) => {
      const found = new Set(find(phrase).map(({ path, method }) => `${method} ${path}`));
      return tagged
        .map((tag) =>
          tag.update('operations', (all) =>
            all.filter((operation) => found.has(`${operation.get('method')} ${operation.get('path')}`)),
          ),
        )
        .filter((tag) => tag.get('operations').size > 0);
    },
  },
});

const dark = matchMedia('(prefers-color-scheme: dark)');
const paint = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', paint);
paint();
void load();
