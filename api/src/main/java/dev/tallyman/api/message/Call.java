package dev.tallyman.api.message;

import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Caller;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that has reached its route.
 *
 * @param path the parameters of the path, decoded
 * @param query the parameters of the query, decoded
 * @param access as it was when the request came
 * @param caller who asks
 * @param now when it came
 */
public record Call(
    Request request,
    Map<String, String> path,
    Parameters query,
    Access access,
    Caller caller,
    Instant now) {
  static final Parameter FORMAT =
      Parameter.oneOf(
          "format",
          List.of("json", "csv"),
          "The form of the answer; without it the Accept header decides.");

  /** The text of a parameter, or empty if it is not given; given empty counts as not given. */
  public Optional<String> text(Parameter parameter) {
    if (parameter.inPath()) {
      return Optional.ofNullable(path.get(parameter.name()));
    }
    var values = query.all(parameter.name());
    if (values.size() > 1) {
      throw Problem.parameter(
          parameter.name(), parameter.name() + " is given more than once; give it once.");
    }
    return values.stream().filter(value -> !value.isEmpty()).findFirst();
  }

  /** The texts of a parameter that may be given several times. */
  public List<String> texts(Parameter parameter) {
    return query.all(parameter.name()).stream().filter(value -> !value.isEmpty()).toList();
  }

  /** The number of a parameter, or this one if it is not given. */
  public int integer(Parameter parameter, int otherwise) {
    return parameter.number(text(parameter).orElse("")).orElse(otherwise);
  }

  /** The date of a parameter, or empty if it is not given. */
  public Optional<LocalDate> date(Parameter parameter) {
    return text(parameter).map(parameter::day);
  }

  /** Whether the caller wants CSV rather than JSON. */
  public boolean wantsCsv() {
    var format = text(FORMAT).map(FORMAT::choice);
    if (format.isPresent()) {
      return "csv".equals(format.orElseThrow());
    }
    String accept = request.joined("Accept").orElse("*/*");
    return Negotiation.quality(accept, "text/csv")
        > Negotiation.quality(accept, "application/json");
  }
}
