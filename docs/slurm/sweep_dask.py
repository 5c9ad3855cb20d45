"""A sweep on SLURM through Dask: jobs come and go, and the driver hands out runs to those that are there.

    python sweep_dask.py STUDY FOLDER JOBS

Each job is one worker process. Set the queue, the account and the time of your cluster below.
"""

import sys

from dask_jobqueue import SLURMCluster

from cyclesim.runs.driver import sweep
from cyclesim.worlds.cluster import Dask


def main(study: str, folder: str, jobs: int) -> None:
    cluster = SLURMCluster(cores=1, processes=1, memory="1000MB", walltime="12:00:00", job_name="cyclesim")
    cluster.adapt(minimum_jobs=jobs, maximum_jobs=jobs)  # a job that dies is replaced
    try:
        done = sweep(study, folder, engine=Dask(scheduler=cluster.scheduler_address))
    finally:
        cluster.close()
    print(f"{done.stored} of {len(done.plan)} runs are stored in {done.folder}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
