package dev.tallyman.core.poll;

import dev.tallyman.core.ledger.HourRows;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.RollupRow;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/** A ledger's buckets, rollups, costs and names as text: equal for equal ledgers. */
public final class LedgerText {
  private LedgerText() {}

  public static String of(
      Store store, String organization, List<ZoneId> zones, LocalDate from, LocalDate to) {
    var ledger = new Ledger(store, organization, Retention.DEFAULT);
    var text = new StringBuilder();
    for (Known endpoint : Known.values()) {
      for (HourRows hour :
          ledger.hours(
              endpoint,
              from.atStartOfDay(ZoneOffset.UTC).toInstant(),
              to.atStartOfDay(ZoneOffset.UTC).toInstant())) {
        text.append(endpoint.id()).append(' ').append(hour.hour()).append(' ');
        text.append(hour.rows()).append('\n');
      }
    }
    for (View view : View.values()) {
      for (ZoneId zone : zones) {
        for (Rollup rollup : ledger.rollups(view, zone, from, to)) {
          for (RollupRow row : rollup.rows()) {
            text.append(view).append(' ').append(zone).append(' ').append(rollup.day());
            text.append(' ').append(row).append('\n');
          }
        }
      }
    }
    ledger.costs(from, to).forEach(day -> text.append(day).append('\n'));
    for (Name.Kind kind : Name.Kind.values()) {
      ledger.names(kind).values().forEach(name -> text.append(name).append('\n'));
    }
    return text.toString();
  }
}
