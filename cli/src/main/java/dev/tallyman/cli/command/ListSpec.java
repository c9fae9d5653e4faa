package dev.tallyman.cli.command;

import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Table.Column;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * One command that shows a list of the API.
 *
 * @param name of the command
 * @param header one line about it
 * @param description what else there is to say, in lines; may be none
 * @param schema of its JSON
 * @param path of the list
 * @param choices by what it can be narrowed
 * @param reshaped the answer with its rows as the fields and columns want them
 * @param empty what to tell where there is no row; empty for nothing
 * @param fields of a row in CSV and as plain values
 * @param columns of the table
 * @param cells of a row in the table
 * @param notes what must be known beside the table
 * @param doubtful whether the list rests on data that is stale or unknown, which is an exit code
 */
record ListSpec(
    String name,
    String header,
    List<String> description,
    String schema,
    String path,
    List<Choice> choices,
    UnaryOperator<Json> reshaped,
    Optional<String> empty,
    List<String> fields,
    List<Column> columns,
    BiFunction<Json, View, List<String>> cells,
    Function<Json, List<String>> notes,
    Predicate<Json> doubtful) {

  /** What a table is made for. */
  record View(boolean ascii, Instant now) {}

  /**
   * An option that narrows the list.
   *
   * @param option its name
   * @param parameter the parameter of the API that it sets
   * @param label what its value is called; empty for a flag
   * @param type of its value
   */
  record Choice(String option, String parameter, String label, Class<?> type, String description) {
    static Choice of(String option, String label, Class<?> type, String description) {
      return new Choice(option, option.substring("--".length()), label, type, description);
    }

    static Choice flag(String option, String description) {
      return of(option, "", boolean.class, description);
    }
  }
}
