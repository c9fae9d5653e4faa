package dev.tallyman.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes pages of buckets as the provider does. */
final class Answers {
  private static final SerializableString[] DIMENSIONS =
      Arrays.stream(Dimension.values())
          .map(dimension -> new SerializedString(dimension.field()))
          .toArray(SerializableString[]::new);
  private static final SerializableString[] QUANTITIES =
      Arrays.stream(Quantity.values())
          .map(quantity -> new SerializedString(quantity.field()))
          .toArray(SerializableString[]::new);
  private static final SerializableString OBJECT = new SerializedString("object");
  // As the real API writes a zero: the value 0 with the smallest exponent of its decimal type.
  private static final String ZERO = "0E-6176";
  private static final int DECIMALS = 39;
  private static final int ABSURD_DIGITS = 500;

  private final World world;
  private final Charges charges;
  private final Set<Fault> faults;
  private final Instant now;
  private final Weather weather;
  private final long turn;

  /** Whether the next amount has more digits than anyone can keep. */
  private boolean absurd;

  /**
   * @param turn random bits of this answer
   */
  Answers(World world, Charges charges, Set<Fault> faults, Instant now, long turn) {
    this.world = world;
    this.charges = charges;
    this.faults = faults;
    this.now = now;
    this.turn = turn;
    weather = new Weather(world.seed(), faults, now);
    absurd = faults.contains(Fault.DECIMALS) && Hash.below(Hash.of(turn, 7), 20) == 0;
  }

  /** What fills in the rows of one bucket. */
  @FunctionalInterface
  private interface Rows {
    void write(long fromMinute, long toMinute) throws IOException;
  }

  void usage(JsonGenerator json, Known endpoint, Question question) throws IOException {
    var usage = new Usage(world, weather, endpoint, question.groupBy(), question.filter());
    String object = "organization.usage." + endpoint.result() + ".result";
    long[] quantities = Slots.quantities();
    boolean averaged = endpoint.gauge();
    page(
        json,
        Weather.path(endpoint),
        question,
        (from, to) -> {
          for (Usage.Group row : usage.rows(from, to)) {
            Slots.derive(endpoint, row.slots, row.early() && !averaged, quantities);
            json.writeStartObject();
            json.writeFieldName(OBJECT);
            json.writeString(object);
            for (int i = 0; i < quantities.length; i++) {
              if (quantities[i] != Slots.ABSENT) {
                json.writeFieldName(QUANTITIES[i]);
                json.writeNumber(quantities[i]);
              }
            }
            dimensions(json, endpoint, row.dimensions);
            json.writeEndObject();
          }
        });
  }

  @SuppressWarnings("EnumOrdinal") // Arrays by dimension in memory, on the hottest path.
  private static void dimensions(JsonGenerator json, Known endpoint, @Nullable String[] dimensions)
      throws IOException {
    for (Dimension dimension : endpoint.groupings()) {
      json.writeFieldName(DIMENSIONS[dimension.ordinal()]);
      String value = dimensions[dimension.ordinal()];
      if (value == null) {
        json.writeNull();
      } else if (dimension == Dimension.BATCH) {
        json.writeBoolean(Boolean.parseBoolean(value));
      } else {
        json.writeString(value);
      }
    }
  }

  void costs(JsonGenerator json, Question question) throws IOException {
    page(
        json,
        "costs",
        question,
        (from, _) -> {
          long day = Math.floorDiv(from, 1440);
          for (CostRow row : grouped(charges.day(day, weather), question).rows()) {
            cost(json, row, day, question.byLineItem());
          }
        });
  }

  private static CostDay grouped(CostDay day, Question question) {
    boolean byProject = question.groupBy().contains(Dimension.PROJECT);
    boolean byKey = question.groupBy().contains(Dimension.API_KEY);
    boolean byItem = question.byLineItem();
    var rows = new ArrayList<CostRow>();
    for (CostRow row : day.rows()) {
      if (kept(question.filter(), Dimension.PROJECT, row.project())
          && kept(question.filter(), Dimension.API_KEY, row.apiKey())
          && (question.lineItems().isEmpty()
              || (row.lineItem() != null && question.lineItems().contains(row.lineItem())))) {
        rows.add(
            new CostRow(
                byProject ? row.project() : null,
                byItem ? row.lineItem() : null,
                byKey ? row.apiKey() : null,
                row.amount(),
                row.currency(),
                byItem ? row.quantity() : null,
                byItem ? row.unit() : null));
      }
    }
    return CostDay.of(day.day(), rows);
  }

  private static boolean kept(
      Map<Dimension, Set<String>> filter, Dimension dimension, @Nullable String value) {
    Set<String> values = filter.get(dimension);
    return values == null || (value != null && values.contains(value));
  }

  private void cost(JsonGenerator json, CostRow row, long day, boolean byItem) throws IOException {
    Organization organization = world.organization();
    long bits = Hash.of(Hash.of(world.seed(), row.lineItem() + "/" + row.apiKey()), day, turn);
    json.writeStartObject();
    json.writeStringField("object", "organization.costs.result");
    json.writeObjectFieldStart("amount");
    amount(json, row.amount(), bits);
    json.writeStringField("currency", "usd");
    json.writeEndObject();
    json.writeFieldName("quantity");
    BigDecimal quantity = row.quantity();
    if (!byItem || quantity == null) {
      json.writeNull();
    } else {
      json.writeRawValue(quantity(quantity, bits));
    }
    json.writeStringField("quantity_unit", row.unit());
    json.writeStringField("line_item", row.lineItem());
    json.writeStringField("project_id", row.project());
    json.writeStringField("organization_id", organization.id());
    json.writeStringField("project_name", projectName(row.project()));
    json.writeStringField("organization_name", organization.name());
    json.writeNullField("user_id");
    json.writeStringField("api_key_id", row.apiKey());
    json.writeNullField("user_email");
    json.writeEndObject();
  }

  private @Nullable String projectName(@Nullable String id) {
    for (Organization.Project project : world.organization().projects()) {
      if (project.id().equals(id)) {
        return project.name();
      }
    }
    return null;
  }

  private void amount(JsonGenerator json, BigDecimal amount, long bits) throws IOException {
    if (absurd) {
      absurd = false;
      json.writeStringField("value", "1." + "3".repeat(ABSURD_DIGITS));
      return;
    }
    if (faults.contains(Fault.DECIMALS)) {
      switch (Hash.below(bits, 4)) {
        case 0 -> {
          json.writeFieldName("value");
          json.writeRawValue(amount.toPlainString());
          return;
        }
        case 1 -> {
          json.writeStringField("value", amount.setScale(150).toPlainString());
          return;
        }
        case 2 -> {
          json.writeStringField("value", amount.unscaledValue() + "E" + -amount.scale());
          return;
        }
        default -> {}
      }
    }
    json.writeStringField(
        "value",
        amount.signum() == 0
            ? ZERO
            : amount.scale() <= DECIMALS && Hash.below(bits, 2) == 0
                ? amount.setScale(DECIMALS).toPlainString()
                : amount.toPlainString());
  }

  private String quantity(BigDecimal quantity, long bits) {
    if (faults.contains(Fault.DECIMALS) && Hash.below(Hash.of(bits, 1), 4) == 0) {
      return quantity.unscaledValue() + "E" + -quantity.scale();
    }
    String text = quantity.toPlainString();
    return text.indexOf('.') < 0 ? text + ".0" : text;
  }

  private void page(JsonGenerator json, String path, Question question, Rows rows)
      throws IOException {
    long width = question.width().duration().toMinutes();
    long from = Math.floorDiv(question.start().getEpochSecond(), 60L);
    Instant end = question.end();
    json.writeStartObject();
    json.writeStringField("object", "page");
    json.writeArrayFieldStart("data");
    int written = 0;
    while (written < question.limit() && Instant.ofEpochSecond(from * 60).isBefore(end)) {
      long to = Math.floorDiv(from, width) * width + width;
      Instant told = Instant.ofEpochSecond(to * 60);
      if (told.isAfter(end)) {
        told = end;
      }
      if (!weather.missing(path, from, to)) {
        json.writeStartObject();
        json.writeStringField("object", "bucket");
        json.writeNumberField("start_time", from * 60);
        json.writeNumberField("end_time", told.getEpochSecond());
        json.writeStringField("start_time_iso", iso(Instant.ofEpochSecond(from * 60)));
        json.writeStringField("end_time_iso", iso(told));
        json.writeArrayFieldStart("results");
        rows.write(from, Math.min(to, Math.floorDiv(told.getEpochSecond(), 60L)));
        json.writeEndArray();
        json.writeEndObject();
      }
      from = to;
      written++;
    }
    json.writeEndArray();
    Instant next = Instant.ofEpochSecond(from * 60);
    boolean more = next.isBefore(end);
    int hash = question.hash();
    if (faults.contains(Fault.PAGE_TOKEN)) {
      switch (Hash.below(Hash.of(turn, 8), 8)) {
        case 0 -> hash ^= 0x5bd1e995; // Will be refused.
        case 1 -> more = true; // There is nothing more.
        default -> {}
      }
    }
    json.writeBooleanField("has_more", more);
    json.writeStringField("next_page", more ? new PageToken(now, hash, next).text() : null);
    json.writeEndObject();
  }

  private static String iso(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC).toString();
  }
}
