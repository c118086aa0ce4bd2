// Generators calling other generators: a weather station has an averager for each day, and whoever
// sends it a temperature talks to that averager; and a tree walks itself by recursion.
// Run it: ./heddle run examples/GeneratorDelegation.java

import dev.heddle.generator.Generator;
import dev.heddle.generator.GeneratorExit;
import dev.heddle.generator.StopIteration;

/** To be thrown in if the last temperature was wrong. */
static class Retract extends RuntimeException {}

/** Yields the average of the temperatures that it is sent; null ends it, and it returns that. */
Generator<Double, Double, Double> averager() {
    return Generator.of(
            y -> {
                var temperatures = new ArrayList<Double>();
                while (true) {
                    try {
                        Double temperature = y.yield(average(temperatures));
                        if (temperature == null) {
                            return average(temperatures);
                        }
                        temperatures.add(temperature);
                    } catch (Retract e) {
                        temperatures.removeLast();
                    } catch (GeneratorExit e) {
                        IO.println("    the averager closes, at " + average(temperatures));
                        throw e;
                    }
                }
            });
}

double average(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(0);
}

/** Gives way to an averager on each day, and returns what they return. */
Generator<Double, Double, Map<String, Double>> station(String... days) {
    return Generator.of(
            y -> {
                var averages = new LinkedHashMap<String, Double>();
                try {
                    for (String day : days) {
                        IO.println("  " + day);
                        averages.put(day, y.yieldFrom(averager()));
                    }
                    return averages;
                } finally {
                    IO.println("  the station closes, after " + averages.size() + " whole days");
                }
            });
}

void send(Generator<Double, Double, ?> station, double temperature) {
    double average = station.send(temperature);
    IO.println("    send " + temperature + ": the average is " + average);
}

record Tree(String name, Tree... children) {}

/** Yields a line for each node, and returns how many there are. */
Generator<String, Object, Integer> walk(Tree tree, String indent) {
    return Generator.of(
            y -> {
                y.yield(indent + tree.name());
                int nodes = 1;
                for (Tree child : tree.children()) {
                    nodes += y.yieldFrom(walk(child, indent + "  "));
                }
                return nodes;
            });
}

void main() {
    IO.println("A weekend");
    var weekend = station("Saturday", "Sunday");
    weekend.next(); // runs to the first yield, which waits for a temperature
    send(weekend, 12);
    send(weekend, 18);
    weekend.send(null);
    send(weekend, 20);
    send(weekend, 95);
    double average = weekend.throwInto(new Retract());
    IO.println("    that was the kettle: the average is " + average);
    try {
        weekend.send(null);
    } catch (StopIteration end) {
        IO.println("  returned " + end.value());
    }

    IO.println("A week that is cut short");
    try (var week = station("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")) {
        week.next();
        send(week, 7);
    }

    IO.println("A tree");
    var loom =
            new Tree(
                    "loom",
                    new Tree("shaft", new Tree("heddle"), new Tree("heddle")),
                    new Tree("reed"),
                    new Tree("beam"));
    var lines = walk(loom, "  ");
    for (String line : lines) {
        IO.println(line);
    }
    IO.println("  has " + lines.closeAndGet() + " parts");
}
