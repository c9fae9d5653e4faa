package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Csv;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** Has the API do something, and shows what came of it. */
abstract class PostCommand implements Callable<Integer> {
  private final ProcessContext context;
  private final String schema;
  @Mixin private final OutputOptions output = new OutputOptions();

  /**
   * A command of this kind.
   *
   * @param schema of its JSON
   */
  PostCommand(ProcessContext context, String schema) {
    this.context = context;
    this.schema = schema;
  }

  ProcessContext context() {
    return context;
  }

  /** Where it is posted to. */
  abstract String path();

  /** What is posted; empty for nothing. */
  Optional<Map<String, @Nullable Object>> body() {
    return Optional.empty();
  }

  /** What came of it, for a person. */
  abstract String sentence(Json answer);

  /** The same as lines of values, the first with their names; empty to print the sentence. */
  List<List<String>> rows(Json answer) {
    return List.of();
  }

  /** An exit code of {@link Exit}. */
  int code(Json answer) {
    return Exit.OK;
  }

  @Override
  public final Integer call() {
    Terminal terminal = output.terminal(context);
    Optional<Map<String, @Nullable Object>> body = body();
    return output.answer(
        context,
        schema,
        ask -> {
          Json answer = output.post(ask, path(), body);
          List<List<String>> rows = output.forPerson() ? List.of() : rows(answer);
          if (output.json()) {
            Map<String, Object> envelope = new LinkedHashMap<>();
            envelope.put("schema", schema);
            envelope.put("data", answer.members());
            terminal.print(Json.pretty(envelope));
          } else if (rows.isEmpty()) {
            terminal.print(Text.safe(sentence(answer)));
          } else {
            terminal.print(rows.stream().map(output.csv() ? Csv::line : Csv::plain).toList());
          }
          return code(answer);
        });
  }
}
