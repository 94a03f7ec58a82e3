using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace Argosy.Sockets;

/// <summary>Options from configuration: a file's section, environment variables, the command line.</summary>
public static class ServerConfiguration
{
    private delegate TOptions Set<TOptions>(TOptions options, IConfigurationSection value);

    // Key -> what it changes. Keys are not case-sensitive, as everywhere in configuration.
    private static readonly Dictionary<string, Set<StreamServerOptions>> StreamKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(StreamServerOptions.ListenOn)] = static (options, value) => options with { ListenOn = Addresses(value) },
        [nameof(StreamServerOptions.Model)] = static (options, value) => options with { Model = Model(value, static _ => true) },
        [nameof(StreamServerOptions.Backlog)] = static (options, value) => options with { Backlog = Number(value) },
        [nameof(StreamServerOptions.MaxConnections)] = static (options, value) => options with { MaxConnections = Number(value) },
        [nameof(StreamServerOptions.BusyAbove)] = static (options, value) => options with { BusyAbove = Number(value) },
        [nameof(StreamServerOptions.MaxPerAddress)] = static (options, value) => options with { MaxPerAddress = Number(value) },
    };

    private static readonly Dictionary<string, Set<DatagramServerOptions>> DatagramKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(DatagramServerOptions.ListenOn)] = static (options, value) => options with { ListenOn = Addresses(value) },
        [nameof(DatagramServerOptions.Model)] = static (options, value) => options with { Model = Model(value, static model => model.ServesDatagrams) },
        [nameof(DatagramServerOptions.Workers)] = static (options, value) => options with { Workers = Number(value) },
        [nameof(DatagramServerOptions.QueueCapacity)] = static (options, value) => options with { QueueCapacity = Number(value) },
        [nameof(DatagramServerOptions.MaxDatagram)] = static (options, value) => options with { MaxDatagram = Number(value) },
    };

    /// <summary>
    /// The options with what the section says: <c>ListenOn</c> (a list, or one text with commas, of <c>ADDR:PORT</c>, <c>[V6]:PORT</c>,
    /// <c>*:PORT</c>, <c>unix:PATH</c>), <c>Model</c> by name, <c>Backlog</c>, <c>MaxConnections</c>, <c>BusyAbove</c>, <c>MaxPerAddress</c>.
    /// What it does not name stays.
    /// </summary>
    /// <exception cref="FormatException">An unknown key, an unknown model, a value that is none: the message names the key and what it takes.</exception>
    public static StreamServerOptions With(this StreamServerOptions options, IConfiguration section) => Apply(options, section, StreamKeys);

    /// <summary>The options with what the section says: <c>ListenOn</c> as for streams, <c>Model</c>, <c>Workers</c>, <c>QueueCapacity</c>,
    /// <c>MaxDatagram</c>. What it does not name stays.</summary>
    /// <inheritdoc cref="With(StreamServerOptions, IConfiguration)" path="/exception"/>
    public static DatagramServerOptions With(this DatagramServerOptions options, IConfiguration section) => Apply(options, section, DatagramKeys);

    private static TOptions Apply<TOptions>(TOptions options, IConfiguration section, Dictionary<string, Set<TOptions>> keys)
    {
        foreach (var value in section.GetChildren())
        {
            if (!keys.TryGetValue(value.Key, out var set)) throw Bad(value, $"there is no such setting; there are: {string.Join(", ", keys.Keys)}");
            options = set(options, value);
        }

        return options;
    }

    private static EndPoint[] Addresses(IConfigurationSection value)
    {
        var texts = value.Value is { } one
            ? one.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : value.GetChildren().Select(child => child.Value ?? "");
        try
        {
            return [.. texts.Select(AddressText.Parse)];
        }
        catch (FormatException e)
        {
            throw Bad(value, e.Message);
        }
    }

    private static ConcurrencyModel Model(IConfigurationSection value, Func<ConcurrencyModel, bool> isAble)
    {
        if (ConcurrencyModels.Find(value.Value ?? "") is { } model && isAble(model)) return model;
        throw Bad(value, $"there is no model '{value.Value}' for this; there are: {string.Join(", ", ConcurrencyModels.All.Where(isAble))}");
    }

    private static int Number(IConfigurationSection value) =>
        int.TryParse(value.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw Bad(value, $"'{value.Value}' is no number above zero");

    private static FormatException Bad(IConfigurationSection value, string why) => new($"{value.Path}: {why}.");
}
