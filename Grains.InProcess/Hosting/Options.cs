namespace Orleans.Configuration
{
    public class GrainCollectionOptions
    {
        /// <summary>How long an activation may be idle before it goes. Default 15 minutes.</summary>
        public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

        /// <summary>How often idle activations are looked for. Default one minute.</summary>
        public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

        /// <summary>Ages of single grain classes, by full class name; it outranks the class's own attribute.</summary>
        public Dictionary<string, TimeSpan> ClassSpecificCollectionAge { get; set; } = [];

        /// <summary>How long an activation may take to become active. Default 30 seconds.</summary>
        public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>How long an activation's end may take. Default 30 seconds.</summary>
        public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
    }

    public class SiloMessagingOptions
    {
        public const int DefaultMaxEnqueuedRequests = 5_000;

        /// <summary>How long a caller waits for an answer. Default 30 seconds.</summary>
        public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>
        /// Requests that may wait for one activation; one more fails with <see cref="Orleans.Runtime.LimitExceededException"/>.
        /// Default 5,000 (Orleans' own default is no limit); 0 takes the limit off.
        /// </summary>
        public int MaxEnqueuedRequestsHardLimit { get; set; } = DefaultMaxEnqueuedRequests;
    }
}

namespace Orleans.Hosting
{
    public sealed class ObserverOptions
    {
        /// <summary>
        /// Observers, by their interface, whose calls may run at once on the caller's thread as a grain's do, whenever the function says that this thread may;
        /// others get a thread of their own. For observers that do not block.
        /// </summary>
        public Dictionary<Type, Func<bool>> MayRunInline { get; } = [];
    }

    public sealed class ReminderOptions
    {
        /// <summary>The shortest period that a reminder may have. Default one minute.</summary>
        public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);
    }
}
