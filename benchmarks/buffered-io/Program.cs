using System.Net;
using Argosy.Benchmarks.BufferedIo;

if (args is ["peer", var port])
{
    Peer.Run(new IPEndPoint(IPAddress.Loopback, int.Parse(port)));
    return 0;
}

if (Settings.Parse(args, out var settings) is { } problem)
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(Settings.Usage);
    return 2;
}

using var ending = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    ending.Cancel();
};
var report = new Report(settings, Console.Out);
report.WriteMachine();
await using var bench = Bench.Start(settings);
foreach (var group in Variants.All(settings))
    report.Write(group.Title, await bench.MeasureAsync(group, ending.Token));
report.WriteEnd();
return 0;
