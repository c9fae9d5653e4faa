package dev.tallyman.core.ledger;

import dev.tallyman.core.Slug;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;

/** Where each kind of record of one organization is kept. */
final class Keys {
  static final String FIRST_DAY = "01";
  static final String LAST_DAY = "31";
  static final String MONTH = "00";
  static final String FIRST_HOUR = "00";
  static final String LAST_HOUR = "23";

  private final String prefix;

  Keys(String organization) {
    if (!Slug.is(organization)) {
      throw new IllegalArgumentException(
          "an organization's id is " + Slug.ALLOWED + ", not '" + organization + "'");
    }
    prefix = "O#" + organization + "#";
  }

  String hours(UsageEndpoint endpoint, LocalDate day) {
    return prefix + "U#" + endpoint.id() + "#" + day;
  }

  Key hour(UsageEndpoint endpoint, Instant hour) {
    return new Key(hours(endpoint, day(hour)), hourOfDay(hour));
  }

  Key minutes(UsageEndpoint endpoint, Instant hour) {
    return new Key(hours(endpoint, day(hour)), "m#" + hourOfDay(hour));
  }

  Key revision(UsageEndpoint endpoint, Instant hour, long replaced) {
    return new Key(hours(endpoint, day(hour)), revisions(hourOfDay(hour)) + number(replaced));
  }

  static String revisions(String of) {
    return "r#" + of + "#";
  }

  String index(YearMonth month) {
    return prefix + "D#" + month;
  }

  Key index(LocalDate day) {
    return new Key(index(YearMonth.from(day)), dayOfMonth(day));
  }

  String rollups(View view, ZoneId zone, YearMonth month) {
    return prefix + "V#" + view.id() + "#" + name(zone) + "#" + month;
  }

  Key rollup(View view, ZoneId zone, LocalDate day) {
    return new Key(rollups(view, zone, YearMonth.from(day)), dayOfMonth(day));
  }

  Key month(View view, ZoneId zone, YearMonth month) {
    return new Key(rollups(view, zone, month), MONTH);
  }

  String costs(YearMonth month) {
    return prefix + "C#" + month;
  }

  String bills(BillView view, YearMonth month) {
    return view == BillView.ALL ? costs(month) : prefix + "C#" + view.id() + "#" + month;
  }

  Key bill(BillView view, LocalDate day) {
    return new Key(bills(view, YearMonth.from(day)), dayOfMonth(day));
  }

  Key cost(LocalDate day) {
    return new Key(costs(YearMonth.from(day)), dayOfMonth(day));
  }

  Key costRevision(LocalDate day, long replaced) {
    return new Key(costs(YearMonth.from(day)), revisions(dayOfMonth(day)) + number(replaced));
  }

  String cycles(LocalDate day) {
    return prefix + "P#" + day;
  }

  String names() {
    return prefix + "N";
  }

  static String name(Name.Kind kind, String id) {
    return kind.name().toLowerCase(Locale.ROOT) + "#" + id;
  }

  Key state(String what) {
    return new Key(prefix + "S", what);
  }

  static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  static String dayOfMonth(LocalDate day) {
    return two(day.getDayOfMonth());
  }

  static String hourOfDay(Instant hour) {
    return two(hour.atOffset(ZoneOffset.UTC).getHour());
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  /** One name for a zone: whatever is always UTC has the same days, however it is called. */
  private static String name(ZoneId zone) {
    return zone.normalized().equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
  }

  /** Sorts as the number does. */
  private static String number(long number) {
    return String.format(Locale.ROOT, "%019d", number);
  }
}
