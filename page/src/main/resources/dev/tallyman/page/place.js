// Where one is: everything that a view depends on stands in its address, so every view is a link.

export const DAY = 86400000;
export const HOUR = 3600000;

/** How long what is shown together lasts at most. */
export const STEP = {hour: HOUR, day: DAY, week: 7 * DAY, month: 31 * DAY};

/** The ranges that have a name, in the order in which they are offered. */
export const RANGES = {
  today: 'Today',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  mtd: 'Month to date',
  last: 'Last month',
  qtd: 'Quarter to date',
  custom: 'Custom',
};

const MENU = ['overview', 'explore', 'budgets', 'alerts', 'reconcile', 'settings'];

/** The page and its parameters in the address. */
export function here() {
  const path = location.pathname.replace(/^\/dashboard\/?/, '').split('/').map(decodeURIComponent);
  const params = new URLSearchParams(location.search);
  return {
    page: MENU.includes(path[0]) ? path[0] : 'overview',
    item: path[1] || null,
    params,
    get: (name, otherwise = null) => params.get(name) ?? otherwise,
    filters: filters(params.getAll('filter')),
  };
}

function filters(texts) {
  return texts
    .map(text => [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)])
    .filter(([by, value]) => by && value !== undefined);
}

/** The parameters that go along from page to page. */
const SHARED = ['org', 'range', 'from', 'to', 'filter'];

/**
 * An address: of another page with what goes along, or of this page with some parameters changed.
 * A parameter that is null is left out; a list stands for several.
 */
export function link(page, item, changes = {}, all = false) {
  const now = here();
  const params = new URLSearchParams();
  for (const [name, value] of now.params) {
    if (!(name in changes) && (all || SHARED.includes(name))) {
      params.append(name, value);
    }
  }
  for (const [name, value] of Object.entries(changes)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== '') {
        params.append(name, each);
      }
    }
  }
  const query = params.toString();
  return (
    '/dashboard' +
    (page === 'overview' ? '' : '/' + page) +
    (item ? '/' + encodeURIComponent(item) : '') +
    (query ? '?' + query : '')
  );
}

/** This page with some parameters changed. */
export const changed = changes => link(here().page, here().item, changes, true);

export function go(address, replace = false) {
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  dispatchEvent(new PopStateEvent('popstate'));
}

/** A filter more, once. */
export const filtered = (by, value) => [
  ...new Set([...here().params.getAll('filter').filter(each => !each.startsWith(by + ':')), by + ':' + value]),
];

const midnight = time => Math.floor(time / DAY) * DAY;
const month = (time, shift) => {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + shift, 1);
};

/**
 * The range that the address names, in days of UTC but for 24 hours, which are hours.
 *
 * `from` and `to` are milliseconds, `to` exclusive; `before` is where a range of the same length
 * that ended where this one begins started: of months the same days of the month before.
 */
export function range(place = here(), now = Date.now()) {
  const name = place.get('from') ? 'custom' : place.get('range', 'mtd');
  const today = midnight(now);
  const end = today + DAY;
  switch (name) {
    case 'today':
      return of(name, today, end, today - DAY);
    case '24h': {
      const to = Math.floor(now / HOUR) * HOUR + HOUR;
      return of(name, to - DAY, to, to - 2 * DAY);
    }
    case '7d':
      return of(name, end - 7 * DAY, end, end - 14 * DAY);
    case '30d':
      return of(name, end - 30 * DAY, end, end - 60 * DAY);
    case 'last':
      return of(name, month(now, -1), month(now, 0), month(now, -2));
    case 'qtd': {
      const from = month(now, -(new Date(now).getUTCMonth() % 3));
      return of(name, from, end, month(from, -3));
    }
    case 'custom': {
      const from = Date.parse(place.get('from'));
      const last = Date.parse(place.get('to', place.get('from')));
      if (Number.isFinite(from) && Number.isFinite(last) && last >= from) {
        const to = midnight(last) + DAY;
        return of(name, midnight(from), to, midnight(from) - (to - midnight(from)));
      }
      return of('mtd', month(now, 0), end, month(now, -1));
    }
    default:
      return of('mtd', month(now, 0), end, month(now, -1));
  }
}

function of(name, from, to, before) {
  return {name, from, to, before, days: Math.round((to - from) / DAY)};
}

/** The days of a range that are over, and as many before; null if none is. */
export function comparable(range, now = Date.now()) {
  const hours = range.name === 'today' || range.name === '24h';
  const step = hours ? HOUR : DAY;
  const to = Math.min(range.to, Math.floor(now / step) * step);
  const most = range.name === 'last' || range.name === 'mtd' || range.name === 'qtd'
    ? range.from - range.before : Infinity;
  const length = Math.min(to - range.from, most);
  return length <= 0
    ? null
    : {from: range.from, to: range.from + length, before: range.before, end: range.before + length, hours};
}

/** The range one step before or after this one. */
export function stepped(range, direction) {
  if (range.name === 'mtd' || range.name === 'last' || range.name === 'qtd') {
    const from = month(range.from, direction * (range.name === 'qtd' ? 3 : 1));
    const to = month(from, range.name === 'qtd' ? 3 : 1);
    return {from: iso(from), to: iso(to - DAY), range: null};
  }
  const length = Math.max(DAY, range.to - range.from);
  const from = midnight(range.from) + direction * length;
  return {from: iso(from), to: iso(from + length - DAY), range: null};
}

/** A day of UTC as the address and the API write it. */
export const iso = time => new Date(time).toISOString().slice(0, 10);

/** A time as the API writes it. */
export const instant = time => new Date(time).toISOString().replace('.000', '');

/** How fine a range is shown unless it is chosen. */
export const granularity = range =>
  range.to - range.from <= 2 * DAY ? 'hour' : range.days <= 62 ? 'day' : 'week';
