// Asks the server. What was answered stays until there is a better answer: a view never goes blank
// because a later question failed.

const entries = new Map();
let told = () => {};
let needed = new Set();

/** Who is told when an answer has come. */
export function onAnswer(listener) {
  told = listener;
}

/** The path of a question; values that are null are left out, lists become several parameters. */
export function path(base, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== '') {
        query.append(name, each);
      }
    }
  }
  const text = query.toString();
  return base + (text ? '?' + text : '');
}

/**
 * What is known of an answer: `value` if there is any, `error` if the last question failed,
 * `loading` before the first. Asks if nobody has.
 */
export function answer(address) {
  needed.add(address);
  let entry = entries.get(address);
  if (!entry) {
    entry = {value: null, error: null, loading: true, tag: null, at: null};
    entries.set(address, entry);
    ask(address, entry);
  }
  return entry;
}

const UNASKED = {value: null, error: null, loading: true};

/** Answers that wait until this one has come, so that it comes first. */
export const after = first => (first.loading ? () => UNASKED : answer);

async function ask(address, entry) {
  if (entry.asking) {
    return;
  }
  entry.asking = true;
  try {
    const response = await fetch(address, {
      headers: {accept: 'application/json', ...(entry.tag ? {'if-none-match': entry.tag} : {})},
      cache: 'no-store',
      signal: AbortSignal.timeout(30000),
    });
    if (response.status !== 304) {
      const body = await read(response);
      if (!response.ok) {
        throw problem(response, body);
      }
      entry.value = body;
      entry.tag = response.headers.get('etag');
    }
    entry.error = null;
    entry.at = Date.now();
  } catch (failure) {
    entry.error = failure.status
      ? failure
      : {status: 0, message: 'The server does not answer.', code: 'unreachable'};
  }
  entry.asking = false;
  entry.loading = false;
  told();
}

async function read(response) {
  const text = await response.text();
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return {};
  }
}

function problem(response, body) {
  const error = body.error;
  return {
    status: response.status,
    message: (typeof error === 'string' ? error : error?.message) || 'HTTP ' + response.status,
    code: error?.code || '',
    param: error?.param || '',
  };
}

/** Forgets which questions the view asks, before it is made anew. */
export function begin() {
  needed = new Set();
}

/** Asks all questions of the view again; what has not changed costs an empty answer. */
export function refresh() {
  for (const [address, entry] of entries) {
    if (needed.has(address)) {
      ask(address, entry);
    } else if (entries.size > 200) {
      entries.delete(address);
    }
  }
}

/** Forgets all answers: another token may be answered something else. */
export function forget() {
  entries.clear();
}

/** Changes something; answers what the server said, or throws its reason. */
export async function send(method, address, body) {
  let response;
  try {
    response = await fetch(address, {
      method,
      headers: body === undefined ? {} : {'content-type': 'application/json'},
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(60000),
    });
  } catch {
    throw {status: 0, message: 'The server does not answer.', code: 'unreachable'};
  }
  const answered = await read(response);
  if (!response.ok || answered.success === false) {
    throw problem(response, answered);
  }
  return answered;
}
