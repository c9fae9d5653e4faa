package dev.tallyman.lambda;

import dev.tallyman.api.Routes;
import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.message.Handled;
import dev.tallyman.api.site.DeliveryTrigger;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.api.site.Site;
import dev.tallyman.core.Clock;
import dev.tallyman.core.settings.Mistake;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Overrides;
import dev.tallyman.core.settings.Permits;
import dev.tallyman.core.store.Store;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the variables of a function say that answers requests; the function that polls is one too.
 *
 * @param table the name of the DynamoDB table
 * @param stack what its metrics are counted under
 * @param clock the real time, unless {@code TALLYMAN_CLOCK} sets another
 * @param overrides what the variables say above the stored settings
 * @param permits what settings may say of keys and secrets
 * @param access who may call
 */
public record Environment(
    String table,
    String stack,
    InstantSource clock,
    Overrides overrides,
    Permits permits,
    Access access) {

  /**
   * What these variables say.
   *
   * @throws IllegalArgumentException naming every mistake in them with its variable
   */
  public static Environment of(Map<String, String> variables) {
    List<Mistake> mistakes = new ArrayList<>();
    var environment = of(variables, mistakes::add);
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException(Mistake.told(mistakes));
    }
    return environment;
  }

  /**
   * What these variables say, where more is read from them than this.
   *
   * @param mistakes told every mistake, the name of the variable being its path
   */
  public static Environment of(Map<String, String> variables, Consumer<Mistake> mistakes) {
    String table = value(variables, "TABLE_NAME").orElse("");
    if (table.isEmpty()) {
      mistakes.accept(
          new Mistake("TABLE_NAME", "is not set; it names the DynamoDB table of the ledger"));
    }
    return new Environment(
        table,
        value(variables, "STACK_NAME").orElse("tallyman"),
        clock(variables, mistakes),
        Overrides.of(variables, mistakes),
        new DeployedKeys(
            value(variables, "KEY_PATH").orElse("/tallyman/keys"),
            value(variables, "OPENAI_BASE_URL").orElse(OrganizationSettings.OPENAI)),
        access(variables, mistakes));
  }

  /**
   * The routes over a store, which count each answer.
   *
   * @param polls runs a cycle when it is asked for
   * @param deliveries delivers when it is asked for
   */
  public Routes routes(
      Store store, PollTrigger polls, DeliveryTrigger deliveries, Metrics metrics) {
    return new Routes(
        new Site(
            store,
            clock,
            Site.usual(store),
            overrides::over,
            permits,
            () -> access,
            polls,
            deliveries,
            handled -> count(handled, metrics)));
  }

  /** The same for a function that delivers nothing. */
  public Routes routes(Store store, PollTrigger polls, Metrics metrics) {
    return routes(
        store,
        polls,
        DeliveryTrigger.none(
            "this function delivers nothing; the HTTP API leads to the one that does: deploy"
                + " template.yaml again"),
        metrics);
  }

  private static void count(Handled handled, Metrics metrics) {
    boolean error = handled.status() >= 500;
    metrics.event(
        error ? Log.Level.ERROR : Log.Level.INFO,
        "request",
        Map.of(
            Metric.API_MILLISECONDS,
            BigDecimal.valueOf(handled.took().toNanos())
                .movePointLeft(6)
                .setScale(2, RoundingMode.HALF_UP),
            Metric.API_ERRORS,
            error ? 1 : 0),
        handled.members());
  }

  private static InstantSource clock(Map<String, String> variables, Consumer<Mistake> mistakes) {
    InstantSource real = InstantSource.system();
    Optional<String> text = value(variables, Clock.VARIABLE);
    try {
      return text.isPresent() ? Clock.parse(text.orElseThrow(), real) : real;
    } catch (IllegalArgumentException malformed) {
      mistakes.accept(new Mistake(Clock.VARIABLE, told(malformed)));
      return real;
    }
  }

  private static Access access(Map<String, String> variables, Consumer<Mistake> mistakes) {
    Set<String> viewers = hashes(variables, "VIEWER_TOKEN_HASHES", mistakes);
    Set<String> operators = hashes(variables, "OPERATOR_TOKEN_HASHES", mistakes);
    String anonymous = value(variables, "ANONYMOUS_READ").orElse("false");
    if (!Set.of("true", "false").contains(anonymous)) {
      mistakes.accept(new Mistake("ANONYMOUS_READ", "is neither true nor false"));
    }
    Set<String> origins = list(variables, "CORS_ORIGINS");
    try {
      return new Access(viewers, operators, false, "true".equals(anonymous), origins);
    } catch (IllegalArgumentException notAnOrigin) {
      mistakes.accept(new Mistake("CORS_ORIGINS", told(notAnOrigin)));
      return new Access(viewers, operators, false, false, Set.of());
    }
  }

  private static String told(IllegalArgumentException mistake) {
    return Objects.requireNonNullElse(mistake.getMessage(), "is malformed");
  }

  /** Never shows what is not a hash: it may be a token. */
  private static Set<String> hashes(
      Map<String, String> variables, String name, Consumer<Mistake> mistakes) {
    Set<String> hashes = list(variables, name);
    if (!hashes.stream().allMatch(Tokens::isHash)) {
      mistakes.accept(
          new Mistake(
              name,
              "a token's hash is 64 hexadecimal digits; several are separated by commas; make one"
                  + " with: tallyman token new"));
      return Set.of();
    }
    return hashes;
  }

  private static Set<String> list(Map<String, String> variables, String name) {
    Set<String> list = new LinkedHashSet<>();
    for (String each : value(variables, name).orElse("").split(",", -1)) {
      if (!each.isBlank()) {
        list.add(each.strip());
      }
    }
    return list;
  }

  private static Optional<String> value(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }
}
