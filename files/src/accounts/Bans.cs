using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Argosy.Ledger;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>
/// Who guesses passwords, from where, and at whom (docs/security.md says what for). Shared by all processes that serve the data folder. Only names and passwords that were wrong
/// count: an account that is over a limit, disabled or expired has shown its password, and who left before the proof has guessed nothing. Thread-safe.
/// </summary>
internal sealed class Bans : IDisposable
{
    /// <summary>How many times as many failures a site may have as an address, and a name from everywhere.</summary>
    internal const int Wide = 10;

    private const string FileName = "bans";
    private const string PlacesName = "places";

    // An address stays known for that long after a login from there, or until the machine starts anew.
    private static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    private readonly BanRule _rule;
    private readonly ILogger _log;
    private readonly Strikes _narrow;
    private readonly Strikes _wide;
    private readonly Strikes _places;

    private Bans(BanRule rule, Strikes narrow, Strikes wide, Strikes places, ILogger log) =>
        (_rule, _narrow, _wide, _places, _log) = (rule, narrow, wide, places, log);

    /// <summary>Opens the data folder's bans; null where the rule bans nobody.</summary>
    internal static Bans? Open(BanRule rule, string data, TimeProvider clock, ILogger log)
    {
        if (rule.Failures <= 0) return null;

        var opened = new List<Strikes>();
        try
        {
            foreach (var (name, strikes) in new[]
            {
                (FileName, new StrikeRule(rule.Failures, rule.Window, rule.Time)),
                (FileName, new StrikeRule(Widened(rule), rule.Window, rule.Time)),
                (PlacesName, new StrikeRule(1, Memory, Memory)),
            })
            {
                opened.Add(Strikes.Open(Path.Combine(data, name), strikes, clock));
            }

            return new Bans(rule, opened[0], opened[1], opened[2], log);
        }
        catch
        {
            opened.ForEach(each => each.Dispose());
            throw;
        }
    }

    /// <summary>True while everything from there is refused. A Unix socket has no address and is never banned.</summary>
    internal bool Contains(IPAddress? address) =>
        address is not null && Try(() => _narrow.IsOut(KeyOf(address)) || (SiteOf(address) is { } site && _wide.IsOut(site)));

    /// <summary>
    /// True while too many fail at that name, from wherever, to believe a login that shows the right password from where nobody has shown it before.
    /// </summary>
    internal bool IsGuessed(string name, IPAddress? address) =>
        address is not null && Try(() => _wide.IsOut(KeyOf(name)) && !_places.IsOut(KeyOf(name, address)));

    /// <summary>Counts a failed login; what comes of it is logged, once.</summary>
    internal void Count(string name, IPAddress? address)
    {
        if (address is null) return;

        if (Try(() => _narrow.Add(KeyOf(address)))) _log.Banned(Text(address, 64), _rule.Time, _rule.Failures, _rule.Window);
        if (SiteOf(address) is { } site && Try(() => _wide.Add(site))) _log.Banned(Text(address, 48), _rule.Time, Widened(_rule), _rule.Window);
        if (Try(() => _wide.Add(KeyOf(name)))) _log.Guessed(name, _rule.Time, Widened(_rule), _rule.Window);
    }

    /// <summary>The account has logged in from there.</summary>
    internal void Remember(string name, IPAddress? address)
    {
        if (address is not null) Try(() => _places.Add(KeyOf(name, address)));
    }

    public void Dispose()
    {
        _narrow.Dispose();
        _wide.Dispose();
        _places.Dispose();
    }

    private static int Widened(BanRule rule) => (int)Math.Min(int.MaxValue, (long)rule.Failures * Wide);

    /// <summary>An IPv4 address, or an IPv6 /64, which is what one customer is given at least (RFC 6177). Never zero.</summary>
    private static UInt128 KeyOf(IPAddress address)
    {
        var (family, bits) = Bits(address);
        return new UInt128(family, bits);
    }

    /// <summary>The IPv6 /48, which is what one site is given at most (RFC 6177): 65,536 of the former. IPv4 has none.</summary>
    private static UInt128? SiteOf(IPAddress address) => Bits(address) is (6, var bits) ? new UInt128(48, bits >> 16) : null;

    private static UInt128 KeyOf(string name) => Hash($"{name}");

    private static UInt128 KeyOf(string name, IPAddress address) => Hash($"{name}\0{KeyOf(address):x}");

    private static UInt128 Hash(string text) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) | UInt128.One << 127;

    private static (ulong Family, ulong Bits) Bits(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var plain = Plain(address);
        plain.TryWriteBytes(bytes, out _);
        return plain.AddressFamily == AddressFamily.InterNetworkV6
            ? (6UL, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : (4UL, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Text(IPAddress address, int prefix)
    {
        var plain = Plain(address);
        if (plain.AddressFamily != AddressFamily.InterNetworkV6) return plain.ToString();

        var bytes = plain.GetAddressBytes();
        bytes.AsSpan(prefix / 8).Clear();
        return $"{new IPAddress(bytes)}/{prefix}";
    }

    // Bans that cannot be read ban nobody: a login needs the ledger beside them anyway, and says so where that fails too.
    private bool Try(Func<bool> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            if (failed is not ObjectDisposedException) _log.BansFailed(failed);
            return false;
        }
    }
}
