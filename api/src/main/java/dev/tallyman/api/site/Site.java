package dev.tallyman.api.site;

import dev.tallyman.api.access.Access;
import dev.tallyman.api.message.Handled;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Organizations;
import dev.tallyman.core.settings.Permits;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.store.Store;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the routes stand on.
 *
 * @param organization asked for our id of the one that is meant where a request names none
 * @param overrides what the environment says above the stored settings
 * @param permits which keys and secrets settings may choose among
 * @param access asked at each request, so that a token made or withdrawn counts at once
 * @param polls runs a cycle when it is asked for
 * @param deliveries delivers when it is asked for
 * @param log told of each request once it is answered
 */
public record Site(
    Store store,
    InstantSource clock,
    Supplier<String> organization,
    UnaryOperator<Settings> overrides,
    Permits permits,
    Supplier<Access> access,
    PollTrigger polls,
    DeliveryTrigger deliveries,
    Consumer<Handled> log) {
  /** Our id of the only organization of most ledgers. */
  private static final String DEFAULT = "default";

  /** A site that delivers nothing. */
  public Site(
      Store store,
      InstantSource clock,
      Supplier<String> organization,
      UnaryOperator<Settings> overrides,
      Permits permits,
      Supplier<Access> access,
      PollTrigger polls,
      Consumer<Handled> log) {
    this(
        store,
        clock,
        organization,
        overrides,
        permits,
        access,
        polls,
        DeliveryTrigger.none("nothing is delivered from here; ask the server, with --endpoint"),
        log);
  }

  /**
   * Finds the organization that is meant where nothing else says so: {@code default} if there is
   * one of that id, else the first by its id. Once found it stays, for the life of this supplier.
   */
  public static Supplier<String> usual(Store store) {
    var found = new AtomicReference<@Nullable String>();
    return () -> {
      String known = found.get();
      if (known != null) {
        return known;
      }
      List<String> ids = new Organizations(store).all().stream().map(Organization::id).toList();
      if (ids.isEmpty()) {
        return DEFAULT;
      }
      String usual = ids.contains(DEFAULT) ? DEFAULT : ids.getFirst();
      found.set(usual);
      return usual;
    };
  }
}
