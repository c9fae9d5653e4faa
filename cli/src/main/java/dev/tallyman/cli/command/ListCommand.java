package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Listing;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.command.ListSpec.Choice;
import dev.tallyman.cli.command.ListSpec.View;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Asks for a list and shows it, as one of {@link Lists} says. */
public final class ListCommand implements Callable<Integer> {
  private final ListSpec list;
  private final ProcessContext context;
  private final OutputOptions output = new OutputOptions();
  private final CommandSpec spec;

  private ListCommand(ListSpec list, ProcessContext context) {
    this.list = list;
    this.context = context;
    this.spec = CommandSpec.wrapWithoutInspection(this).name(list.name());
    spec.usageMessage().header(list.header());
    spec.usageMessage().description(list.description().toArray(String[]::new));
    spec.addMixin("output", CommandSpec.forAnnotatedObject(output));
    for (Choice choice : list.choices()) {
      OptionSpec.Builder option =
          OptionSpec.builder(choice.option()).type(choice.type()).description(choice.description());
      spec.addOption(
          (choice.label().isEmpty() ? option : option.paramLabel(choice.label())).build());
    }
  }

  /**
   * The command of this name.
   *
   * @throws java.util.NoSuchElementException if there is no list of this name
   */
  public static CommandLine of(String name, ProcessContext context) {
    ListSpec list =
        Lists.ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    return new CommandLine(new ListCommand(list, context).spec);
  }

  @Override
  public Integer call() {
    Terminal terminal = output.terminal(context);
    View view = new View(terminal.ascii(), context.now());
    return output.answer(
        context,
        list.schema(),
        ask -> {
          Json answer = list.reshaped().apply(output.all(ask, list.path(), parameters()));
          if (answer.list("data").isEmpty()) {
            list.empty().ifPresent(terminal::tell);
          }
          Listing listing =
              new Listing(
                  list.schema(),
                  list.fields(),
                  list.columns(),
                  row -> list.cells().apply(row, view));
          int shown = listing.show(answer, output, terminal, context);
          list.notes().apply(answer).forEach(output.forPerson() ? terminal::warn : terminal::tell);
          return list.doubtful().test(answer) ? Exit.STALE : shown;
        });
  }

  private List<Map.Entry<String, String>> parameters() {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    for (Choice choice : list.choices()) {
      Object value = spec.findOption(choice.option()).getValue();
      if (value != null && !Boolean.FALSE.equals(value)) {
        parameters.add(Map.entry(choice.parameter(), value.toString()));
      }
    }
    return parameters;
  }
}
