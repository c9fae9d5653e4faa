package dev.tallyman.api.v1;

import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Shape;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.price.Meter;
import dev.tallyman.core.price.Price;
import dev.tallyman.core.price.Verdict;
import dev.tallyman.core.usage.Name;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the rows of lists say about organizations, projects, keys, prices and rates. Each shape is
 * made when it is asked for.
 */
final class ListingShapes {
  /** What a masked key looks like; anything else might be one. */
  private static final Pattern MASKED = Pattern.compile(".{0,24}(\\*{3,}|\\.{3}|…).{0,8}");

  private ListingShapes() {}

  /** An organization, with what the settings and the cycles say of it. */
  record Read(Organization organization, Optional<String> name, Optional<Instant> lastPoll) {}

  static Shape<Read> organization() {
    return Shape.<Read>object()
        .text("id", read -> read.organization().id())
        .optional("name", Read::name)
        .optional("provider_id", read -> read.organization().providerId())
        .flag("simulated", read -> read.organization().simulated())
        .time("first_read", read -> read.organization().firstRead())
        .optionalTime("last_poll", Read::lastPoll);
  }

  static Shape<Name> project() {
    return Shape.<Name>object()
        .text("id", Name::id)
        .optional("name", ListingShapes::name)
        .optional("status", project -> detail(project, "status"))
        .optional("created_at", project -> detail(project, "created"))
        .optional("archived_at", project -> detail(project, "archived"));
  }

  /** A key, with the name of the project that it belongs to, as far as that is known. */
  record Owned(Name key, Optional<String> project) {}

  static Shape<Owned> key() {
    return Shape.<Owned>object()
        .text("id", owned -> owned.key().id())
        .optional("name", owned -> name(owned.key()))
        .optional(
            "masked", owned -> detail(owned.key(), "redacted").filter(MASKED.asMatchPredicate()))
        .optional("project", owned -> detail(owned.key(), "project"))
        .optional("project_name", Owned::project)
        .optional("owner", owned -> detail(owned.key(), "owner"))
        .optional("owner_type", owned -> detail(owned.key(), "owner_type"))
        .optional("status", owned -> detail(owned.key(), "status"))
        .optional("created_at", owned -> detail(owned.key(), "created"));
  }

  private static Optional<String> name(Name name) {
    return Optional.of(name.name()).filter(text -> !text.isEmpty());
  }

  /** What the provider says of something beside its name, for instance its status. */
  static Optional<String> detail(Name name, String detail) {
    return Optional.ofNullable(name.details().get(detail));
  }

  /** A price in USD for the units that the names of its meters say; CSV has a column for each. */
  static Shape<Price> price() {
    var meters = JsonObject.of();
    for (Meter meter : Meter.values()) {
      meters.put(meter.field(), Schema.decimal());
    }
    Shape<Price> shape =
        Shape.<Price>object()
            .text("model", Price::model)
            .optional("tier", Price::tier)
            .day("from", Price::from)
            .text("source", Price::source)
            .day("as_of", Price::asOf)
            .nested("usd", Schema.object(meters, meters.members().keySet()), ListingShapes::usd);
    for (Meter meter : Meter.values()) {
      shape = shape.column(meter.field(), price -> price.of(meter).map(meter::written));
    }
    return shape;
  }

  private static JsonObject usd(Price price) {
    var usd = JsonObject.of();
    price
        .perUnit()
        .forEach((meter, each) -> usd.put(meter.field(), meter.written(each).toPlainString()));
    return usd;
  }

  /** A rate of a bill, in the unit of its meter, beside the list price. */
  static Shape<Verdict> rate() {
    return Shape.<Verdict>object()
        .text("model", verdict -> verdict.rate().model())
        .optional("tier", verdict -> verdict.rate().tier())
        .text("meter", verdict -> verdict.rate().meter().field())
        .day("day", verdict -> verdict.rate().day())
        .decimal("billed", verdict -> written(verdict, verdict.rate().perUnit()))
        .optionalDecimal("list", verdict -> verdict.list().map(each -> written(verdict, each)))
        .optionalDecimal("set", verdict -> verdict.own().map(each -> written(verdict, each)))
        .optionalDecimal("used", verdict -> verdict.used().map(each -> written(verdict, each)))
        .choice(
            "reason",
            Stream.of(Verdict.Reason.values()).map(Verdict.Reason::id).toList(),
            verdict -> verdict.reason().id());
  }

  private static BigDecimal written(Verdict verdict, BigDecimal perUnit) {
    return verdict.rate().meter().written(perUnit);
  }
}
