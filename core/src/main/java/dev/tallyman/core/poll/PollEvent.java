package dev.tallyman.core.poll;

import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Something that happened while an organization was polled, for a log.
 *
 * @param name what happened, as one word for a machine
 * @param organization whose poll it was
 * @param details texts, numbers, instants and maps of them; they hold no secret
 * @param outcome what it was made from: a {@link CycleOutcome}, a {@link FillOutcome}, an {@link
 *     AfterPoll.Result} or the id of a model
 */
public record PollEvent(
    Level level, String name, String organization, Map<String, Object> details, Object outcome) {
  /** How much it matters. */
  public enum Level {
    INFO,
    WARN,
    ERROR
  }

  /** The details after whose they are, as a log writes them. */
  public Map<String, Object> members() {
    var members = new LinkedHashMap<String, Object>();
    members.put("organization", organization);
    members.putAll(details);
    return members;
  }

  static PollEvent of(String organization, CycleOutcome outcome) {
    return switch (outcome) {
      case CycleOutcome.Ran(var cycle, _, _) -> {
        boolean all = cycle.endpoints().values().stream().allMatch(EndpointResult::ok);
        yield new PollEvent(
            all ? Level.INFO : Level.WARN, "cycle", organization, cycle.summary(), outcome);
      }
      case CycleOutcome.AlreadyRunning _ -> alreadyRunning(organization, outcome);
      case CycleOutcome.WrongOrganization(String message) ->
          wrongOrganization(organization, message, outcome);
    };
  }

  /** A model that no group names. */
  static PollEvent unknownModel(String organization, String model) {
    return new PollEvent(
        Level.WARN,
        "unknown_model",
        organization,
        details("model", model, "message", "counted as premium; name its group in the settings"),
        model);
  }

  /** Empty if only time was short, which is no news: the next poll goes on. */
  static Optional<PollEvent> of(String organization, FillOutcome outcome) {
    return switch (outcome) {
      case FillOutcome.Done(var since, var partial) -> {
        Map<String, Object> details = details("since", since.toString());
        if (!partial.isEmpty()) {
          details.put("partial", String.join(" ", partial));
        }
        yield Optional.of(new PollEvent(Level.INFO, "filled", organization, details, outcome));
      }
      case FillOutcome.Advanced(var reached, var wanted) ->
          Optional.of(
              new PollEvent(
                  Level.INFO,
                  "filling",
                  organization,
                  details("since", reached.toString(), "wanted", wanted.toString()),
                  outcome));
      case FillOutcome.Stuck(Kind kind, _) when kind == Kind.OUT_OF_TIME -> Optional.empty();
      case FillOutcome.Stuck(Kind kind, String message) ->
          Optional.of(
              new PollEvent(
                  Level.WARN,
                  "filling_failed",
                  organization,
                  details("failure", kind.name(), "message", message),
                  outcome));
      case FillOutcome.AlreadyRunning _ -> Optional.of(alreadyRunning(organization, outcome));
      case FillOutcome.WrongOrganization(String message) ->
          Optional.of(wrongOrganization(organization, message, outcome));
    };
  }

  /** What was done, if anything was, and what is left. */
  static List<PollEvent> of(String organization, AfterPoll.Result result) {
    var events = new ArrayList<PollEvent>();
    if (result.counts().values().stream().anyMatch(count -> count > 0)) {
      events.add(
          new PollEvent(
              Level.INFO,
              result.name(),
              organization,
              new LinkedHashMap<>(result.counts()),
              result));
    }
    result
        .trouble()
        .ifPresent(message ->
            events.add(
                new PollEvent(
                    Level.WARN,
                    result.name() + "_wait",
                    organization,
                    details("message", message),
                    result)));
    return events;
  }

  private static PollEvent alreadyRunning(String organization, Object outcome) {
    return new PollEvent(Level.INFO, "already_running", organization, Map.of(), outcome);
  }

  private static PollEvent wrongOrganization(String organization, String message, Object outcome) {
    return new PollEvent(
        Level.ERROR, "wrong_organization", organization, details("message", message), outcome);
  }

  private static Map<String, Object> details(Object... pairs) {
    var details = new LinkedHashMap<String, Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      details.put(pairs[i].toString(), pairs[i + 1]);
    }
    return details;
  }
}
