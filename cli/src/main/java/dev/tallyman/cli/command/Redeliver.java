package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Delivers an alert to a channel once more. */
@Command(
    name = "redeliver",
    header = "Delivers an alert to a channel once more, whatever became of it.")
public final class Redeliver implements Callable<Integer> {
  static final String SCHEMA = "tallyman.delivery/1";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Parameters(index = "0", paramLabel = "ALERT", description = "The alert's id.")
  private String alert = "";

  @Parameters(index = "1", paramLabel = "CHANNEL", description = "The channel's name.")
  private String channel = "";

  public Redeliver(ProcessContext context) {
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
                  "/api/v1/deliveries/"
                      + OutputOptions.segment(alert)
                      + "/"
                      + OutputOptions.segment(channel)
                      + "/redeliver",
                  Optional.empty());
          if (reading.json()) {
            Map<String, Object> envelope = new LinkedHashMap<>();
            envelope.put("schema", SCHEMA);
            envelope.put("data", answer.members());
            terminal.print(Json.pretty(envelope));
          } else {
            terminal.print(
                Text.safe(
                    alert
                        + " is delivered to "
                        + channel
                        + " once more; `tallyman deliveries` shows what came of it."));
          }
          return Exit.OK;
        });
  }
}
