package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Sends a test over a channel. */
@Command(
    name = "test",
    header = "Sends a test over a channel.",
    description = {"", "Exits with 69 if the channel did not take it.", ""})
public final class TestChannel extends PostCommand {
  static final String SCHEMA = "tallyman.channel_test/1";

  @Parameters(paramLabel = "NAME", description = "The channel's name.")
  private String name = "";

  public TestChannel(ProcessContext context) {
    super(context, SCHEMA);
  }

  @Override
  String path() {
    return "/api/v1/channels/" + OutputOptions.segment(name) + "/test";
  }

  @Override
  String sentence(Json answer) {
    return name
        + (answer.flag("sent") ? " took the test: " : " did not take the test: ")
        + answer.text("detail").orElse("");
  }

  @Override
  List<List<String>> rows(Json answer) {
    return List.of(
        List.of("channel", "sent", "detail"),
        List.of(name, Boolean.toString(answer.flag("sent")), answer.text("detail").orElse("")));
  }

  @Override
  int code(Json answer) {
    return answer.flag("sent") ? Exit.OK : Exit.UNREACHABLE;
  }
}
