using Argosy.Files;
using Argosy.Native;
using Argosy.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Server;

/// <summary>Every part that a server can be put together from. Adding one is one line here.</summary>
public static class PartsCatalog
{
    /// <summary>The name of the storage that no two processes share.</summary>
    internal const string MemoryStorage = "memory";

    /// <summary>The ways to reach the files.</summary>
    public static IReadOnlyList<FrontEnd> FrontEnds { get; } =
    [
        new("Native", "argosy", options => options.Listen, Native),
    ];

    /// <summary>How connections are served.</summary>
    public static IReadOnlyList<ConcurrencyModel> Models => ConcurrencyModels.All;

    /// <summary>What keeps the files.</summary>
    public static IReadOnlyList<Part<Func<ServerOptions, IStorage>>> Storages { get; } =
    [
        new("disk", "folders of this machine", Disk),
        new(MemoryStorage, "gone when the server stops", _ => new Argosy.Files.MemoryStorage()),
    ];

    /// <summary>What keeps the accounts, in a data folder.</summary>
    public static IReadOnlyList<Part<Func<string, ILoggerFactory, IAccountStore>>> AccountStores { get; } =
    [
        new("file", "a JSON file in the data folder", (data, logs) => new JsonAccountStore(data, logs.CreateLogger<JsonAccountStore>())),
    ];

    /// <summary>The model of that name.</summary>
    /// <exception cref="ConfigurationException">There is none; the message lists those there are.</exception>
    public static ConcurrencyModel Model(string name) =>
        ConcurrencyModels.Find(name) ?? throw Unknown("model", name, Models.Select(model => (model.Name, model.ChooseWhen)));

    /// <summary>What makes the storage of that name.</summary>
    /// <exception cref="ConfigurationException">There is none; the message lists those there are.</exception>
    public static Func<ServerOptions, IStorage> Storage(string name) => Find(Storages, "storage", name);

    /// <summary>What opens the account store of that name in a data folder.</summary>
    /// <exception cref="ConfigurationException">There is none; the message lists those there are.</exception>
    public static Func<string, ILoggerFactory, IAccountStore> AccountStore(string name) => Find(AccountStores, "account store", name);

    private static Func<ConnectionHandler> Native(FrontEndParts parts) =>
        new NativeFrontEnd(
            parts.Files,
            parts.Options.Shares.Within(parts.Options.Native) with { AllowPlain = parts.Options.Plain, Certificate = () => parts.Certificates.Current.Context }).CreateHandler;

    /// <summary>How the disk is used. Uploads are staged in the data folder where it shares a mount with the home: what is served then holds nothing but
    /// what clients put there.</summary>
    internal static LocalStorageOptions DiskOptions(ServerOptions options) =>
        new() { Staging = Path.Combine(options.Data, "staging"), Durability = options.Durability };

    private static LocalStorage Disk(ServerOptions options) => new(DiskOptions(options));

    private static T Find<T>(IReadOnlyList<Part<T>> parts, string kind, string name)
    {
        var part = parts.FirstOrDefault(part => part.Name == name);
        return part is not null ? part.Create : throw Unknown(kind, name, parts.Select(each => (each.Name, each.Summary)));
    }

    private static ConfigurationException Unknown(string kind, string name, IEnumerable<(string Name, string Summary)> known)
    {
        var hint = NearestWord.Hint(name, known.Select(part => part.Name));
        var width = known.Max(part => part.Name.Length);
        return new ConfigurationException(
            SettingText.NoPart(kind, name, hint) + string.Concat(known.Select(part => $"\n  {part.Name.PadRight(width)}  {part.Summary}")));
    }
}
