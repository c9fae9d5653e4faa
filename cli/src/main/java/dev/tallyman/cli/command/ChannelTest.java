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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Sends a test over a channel. */
@Command(
    name = "test",
    header = "Sends a test over a channel.",
    description = {"", "Exits with 69 if the channel did not take it.", ""})
public final class ChannelTest implements Callable<Integer> {
  static final String SCHEMA = "tallyman.channel_test/1";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Parameters(paramLabel = "NAME", description = "The channel's name.")
  private String name = "";

  public ChannelTest(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          Json answer =
              reading.post(
                  ask,
                  "/api/v1/channels/" + OutputOptions.segment(name) + "/test",
                  Optional.empty());
          boolean sent = answer.flag("sent");
          String detail = answer.text("detail").orElse("");
          if (reading.json()) {
            Map<String, Object> envelope = new LinkedHashMap<>();
            envelope.put("schema", SCHEMA);
            envelope.put("data", answer.members());
            terminal.print(Json.pretty(envelope));
          } else if (reading.forPerson()) {
            terminal.print(
                Text.safe(
                    name + (sent ? " took the test: " : " did not take the test: ") + detail));
          } else {
            List<List<String>> rows =
                List.of(
                    List.of("channel", "sent", "detail"),
                    List.of(name, Boolean.toString(sent), detail));
            terminal.print(rows.stream().map(reading.csv() ? Csv::line : Csv::plain).toList());
          }
          return sent ? Exit.OK : Exit.UNREACHABLE;
        });
  }
}
