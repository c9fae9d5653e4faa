// Numbers, money and time as people read them. The server sums and sends decimal texts; nothing is
// added up here but what is drawn.

const FORMATS = new Map();
const format = (currency, more) => {
  const key = currency + (more ? ' short' : '');
  if (!FORMATS.has(key)) {
    FORMATS.set(key, new Intl.NumberFormat('en-US', {style: 'currency', currency, ...more}));
  }
  return FORMATS.get(key);
};
const COMPACT = {notation: 'compact', maximumSignificantDigits: 3};
const WHOLE = new Intl.NumberFormat('en-US', {maximumFractionDigits: 0});
const SHORT = new Intl.NumberFormat('en-US', {notation: 'compact', maximumSignificantDigits: 3});
const PERCENT = new Intl.NumberFormat('en-US', {maximumFractionDigits: 0});
const DAY = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', timeZone: 'UTC'});
const DATE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC',
});
const TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC',
});
const HOUR = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', timeZone: 'UTC'});

/** What stands for the unknown, which is never 0. */
export const UNKNOWN = '—';

const known = value => value !== null && value !== undefined && value !== '';

/** An amount with cents, in dollars unless it is in another currency; what is positive is never shown as nothing. */
export function money(text, currency) {
  if (!known(text)) {
    return UNKNOWN;
  }
  const number = Number(text);
  if (number !== 0 && Math.abs(number) < 0.01) {
    return (number > 0 ? '<' : '>-') + format(currency ?? 'usd').format('0.01');
  }
  // As text, so that no digit is lost on the way.
  return format(currency ?? 'usd').format(String(text));
}

/** A value of a unit of the API: money, tokens or requests. */
export const amount = (text, unit, currency) =>
  !known(text) ? UNKNOWN : unit === 'money' ? money(text, currency) : WHOLE.format(String(text));

/** The same for axes and tiles. */
export const short = (number, unit, currency) =>
  !known(number) ? UNKNOWN : (unit === 'money' ? format(currency ?? 'usd', COMPACT) : SHORT).format(number);

/** A difference with its sign. */
export function change(number, unit) {
  const sign = number > 0 ? '+' : number < 0 ? '−' : '±';
  return sign + amount(Math.abs(number).toFixed(unit === 'money' ? 2 : 0), unit);
}

/** How much more than a base, in percent; unknown where there is too little to compare with. */
export const growth = (now, before, least) =>
  before === null || before < least ? null : (now / before - 1) * 100;

/** The values of an answer as numbers, for a chart; what is unknown stays so. */
export const numbers = values => values.map(value => (value === null ? null : Number(value)));

export const percent = number =>
  !known(number) || !Number.isFinite(Number(number)) ? UNKNOWN : PERCENT.format(number) + ' %';

export const signed = number =>
  number === null ? 'n/a' : (number > 0 ? '+' : number < 0 ? '−' : '±') + percent(Math.abs(number));

export const day = instant => DAY.format(new Date(instant));
export const date = instant => DATE.format(new Date(instant));
export const hour = instant => HOUR.format(new Date(instant));
export const time = instant => (known(instant) ? TIME.format(new Date(instant)) + ' UTC' : UNKNOWN);

/** The same in the reader's own zone, for a tooltip. */
export const local = instant => (known(instant) ? new Date(instant).toLocaleString() + ' here' : '');

/** How long, in at most two units. */
export function length(milliseconds) {
  const minutes = Math.max(0, Math.round(milliseconds / 60000));
  if (minutes < 1) {
    return 'less than a minute';
  }
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  if (days > 0) {
    return days + ' d' + (hours > 0 ? ' ' + hours + ' h' : '');
  }
  return hours > 0 ? hours + ' h' + (rest > 0 ? ' ' + rest + ' min' : '') : rest + ' min';
}

export const ago = (instant, now) =>
  known(instant) ? length(now - new Date(instant).getTime()) + ' ago' : 'never';
