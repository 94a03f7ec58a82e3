namespace Argosy.Files;

/// <summary>One at a time for each place, without a thread for those who wait.</summary>
internal sealed class PlaceTurns
{
    private readonly Dictionary<string, (SemaphoreSlim Turn, int Present)> _places = [];

    /// <summary>Waits for the place's turn; dispose of it after.</summary>
    public async ValueTask<IDisposable> TakeAsync(string place)
    {
        SemaphoreSlim turn;
        lock (_places)
        {
            var (known, present) = _places.GetValueOrDefault(place);
            _places[place] = (turn = known ?? new SemaphoreSlim(1), present + 1);
        }

        await turn.WaitAsync();
        return new Turn(this, place);
    }

    private void End(string place)
    {
        lock (_places)
        {
            var (turn, present) = _places[place];
            if (present == 1)
            {
                _places.Remove(place);
            }
            else
            {
                _places[place] = (turn, present - 1);
            }

            turn.Release();
        }
    }

    private sealed class Turn(PlaceTurns turns, string place) : IDisposable
    {
        public void Dispose() => turns.End(place);
    }
}
