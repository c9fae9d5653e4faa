package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Delivers an alert to a channel once more. */
@Command(
    name = "redeliver",
    header = "Delivers an alert to a channel once more, whatever became of it.")
public final class Redeliver extends PostCommand {
  static final String SCHEMA = "tallyman.delivery/1";

  @Parameters(index = "0", paramLabel = "ALERT", description = "The alert's id.")
  private String alert = "";

  @Parameters(index = "1", paramLabel = "CHANNEL", description = "The channel's name.")
  private String channel = "";

  public Redeliver(ProcessContext context) {
    super(context, SCHEMA);
  }

  @Override
  String path() {
    return "/api/v1/deliveries/"
        + OutputOptions.segment(alert)
        + "/"
        + OutputOptions.segment(channel)
        + "/redeliver";
  }

  @Override
  String sentence(Json answer) {
    return alert
        + " is delivered to "
        + channel
        + " once more; `tallyman deliveries` shows what came of it.";
  }
}
