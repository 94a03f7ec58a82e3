namespace Argosy.Sockets.Tests;

/// <summary>The models that a layer over connections is tested under: all that serve many at once, also those that come later.</summary>
public static class Models
{
    public static TheoryData<string> All => new(Supported.Select(model => model.Name));

    public static TheoryData<string, string> AllOverEveryWire
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var model in Supported)
            {
                foreach (var wire in Wire.ChecksAll ? Wire.All : Wire.Few) data.Add(model.Name, wire);
            }

            return data;
        }
    }

    // A model that serves few at a time has a contract of its own for that; these tests hold several connections at once. Worker
    // processes run one of the other models' connections, and these tests' handlers share variables with them.
    private static IEnumerable<ConcurrencyModel> Supported =>
        ConcurrencyModels.All.Where(model => model is { IsSupported: true, ServesAtOnce: null, RunsInWorkers: false });
}
