package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Listing;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Table.Column;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows where people can be told. */
@Command(name = "channels", header = "Shows where people can be told; `channels test` tries it.")
public final class ChannelList implements Callable<Integer> {
  static final String SCHEMA = "tallyman.channels/1";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  public ChannelList(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          Json answer = reading.all(ask, "/api/v1/channels", List.of());
          if (answer.list("data").isEmpty()) {
            terminal.tell(
                "There is no channel; set ALERT_WEBHOOK_URL, or add one under `channels` in"
                    + " tallyman.yaml.");
          }
          Listing listing =
              new Listing(
                  SCHEMA,
                  List.of("name", "kind", "secret", "format", "usual", "conditions", "disabled"),
                  List.of(
                      Column.name("CHANNEL"),
                      Column.picture("KIND", Column.ALWAYS),
                      Column.text("SECRET", 60),
                      Column.picture("IS TOLD OF", 70),
                      Column.text("STATE", Column.ALWAYS)),
                  row -> cells(row, terminal.ascii()));
          return listing.show(answer, reading, terminal, context);
        });
  }

  private static List<String> cells(Json row, boolean ascii) {
    String none = Text.none(ascii);
    boolean usual = row.flag("usual");
    boolean conditions = row.flag("conditions");
    return List.of(
        row.text("name").orElse(none),
        row.text("kind").orElse(none),
        row.text("secret").orElse(none),
        usual && conditions
            ? "everything"
            : usual ? "budgets" : conditions ? "conditions" : "what names it",
        row.text("disabled").map(why -> "disabled: " + why).orElse("ready"));
  }
}
